import { z } from 'zod';
import { byMeasure } from '../../../domain/reading/measures.ts';
import { pageFields, pumpId, value } from './values.ts';

const range = z.object({
  min: value, max: value, avg: value,
  count: z.number().int().optional().meta({ description: 'How many readings have the measure, where some lack it' }),
});

/** A pump-day. The first fields are those of `wellwatch stats --json`; they are null when it was never summarised. */
export const dayStats = z.object({
  pump: pumpId,
  date: z.string(),
  count: z.number().int().nullable(),
  ...byMeasure(() => range.nullable()),
  state: z
    .enum(['current', 'late', 'missing'])
    .meta({ description: 'current; late: readings came after it was summarised; missing: not summarised yet' }),
  alerts: z.number().int().meta({ description: 'Alerts of that day' }),
});
export type DayStatsItem = z.output<typeof dayStats>;
export const statsPage = z.object({ items: z.array(dayStats), ...pageFields });
export type StatsPage = z.output<typeof statsPage>;
