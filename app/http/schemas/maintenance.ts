import { z } from 'zod';
import { maintenance } from './pumps.ts';
import { pageFields, pumpId, value, wallTime } from './values.ts';

/** What was done to a pump, and what became of a measure. */
export const workItem = maintenance.extend({
  pump: pumpId,
  vendor: z.string().nullable(),
  before: value.meta({ description: 'Mean of the seven days before; null without readings' }),
  days: z.array(value).meta({ description: 'Mean of its own day, and of each of the 14 days after it; null without readings' }),
  change: value.meta({ description: 'The mean of the last of these days less that before, or, without one, less that of the first day after it' }),
  alarms: z.number().int().meta({ description: 'Alarms that began on that day or in the 14 days after it' }),
  firstAlarm: wallTime.nullable(),
});
export type WorkItem = z.output<typeof workItem>;

export const workList = z.object({ items: z.array(workItem), total: z.number().int(), ...pageFields });
export type WorkList = z.output<typeof workList>;

/** What filters can ask for. */
export const workNames = z.object({ vendors: z.array(z.string()), technicians: z.array(z.string()), works: z.array(z.string()) });
export type WorkNames = z.output<typeof workNames>;
