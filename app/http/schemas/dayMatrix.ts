import { z } from 'zod';
import { value } from './values.ts';

const counts = z.array(z.number().int());
const totals = z.object({ value, readings: z.number().int(), beyond: z.number().int(), alarms: z.number().int() });
const row = z.object({
  name: z.string().meta({ description: 'The pump, or the group; empty for what nothing is recorded of' }),
  pumps: z.number().int(),
  values: z.array(value).meta({ description: 'The figure of each day; null where there is none' }),
  states: z.string().meta({ description: 'A letter a day: `.` no readings, `c` summarised, `l` readings came later, `m` not summarised yet' }),
  beyond: counts.meta({ description: 'Readings beyond a limit, by day' }),
  alarms: counts.meta({ description: 'Alarms that began, by day' }),
  total: totals.meta({ description: 'Of all days: the lowest, the highest, or the mean of all readings' }),
});
export type DayMatrixRow = z.output<typeof row>;

/** Pumps, or groups of them, over days. */
export const dayMatrix = z.object({
  days: z.array(z.string()).meta({ description: 'From the first to the last that has anything' }),
  rows: z.array(row),
  total: row.meta({ description: 'All rows together' }),
});
export type DayMatrixAnswer = z.output<typeof dayMatrix>;
