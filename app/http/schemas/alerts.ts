import { z } from 'zod';
import { maintenance, vendor } from './pumps.ts';
import { instant, measure, pageFields, pumpId, value, wallTime } from './values.ts';

/** An alert joined with its pump, as `wellwatch alerts --json` writes it. */
export const alert = z.object({
  pump: pumpId,
  at: wallTime,
  rule: z.string(),
  measure,
  value,
  threshold: z.number(),
  known: z.boolean(),
  vendor: vendor.nullable(),
  maintenance: z.array(maintenance),
});
export type AlertItem = z.output<typeof alert>;
export const alertPage = z.object({
  items: z.array(alert),
  total: z.number().int().meta({ description: 'How many there are for these filters just now' }),
  ...pageFields,
});
export type AlertPage = z.output<typeof alertPage>;

/** An occurrence: alerts of one pump and rule in readings that follow each other, none of them in limits. */
export const alertRun = z.object({
  pump: pumpId,
  rule: z.string(),
  measure,
  priority: z
    .enum(['low', 'medium', 'high'])
    .nullable()
    .meta({ description: 'Of the rule as it is configured now; null when there is none any more' }),
  comparison: z.enum(['below', 'above']),
  threshold: z.number(),
  from: wallTime.meta({ description: 'Time of its first reading' }),
  to: wallTime.meta({ description: 'Time of its last reading' }),
  active: z.boolean().meta({ description: 'It goes on: its last reading is the last of the pump' }),
  count: z.number().int(),
  worst: value.meta({ description: 'The value farthest from the threshold' }),
  receivedAt: instant.meta({ description: 'When its last reading came' }),
  known: z.boolean(),
  vendor: vendor.nullable(),
  lastMaintenance: maintenance.nullable(),
});
export type AlertRunItem = z.output<typeof alertRun>;
/** Alerts of one pump and rule that were told and are not stored yet, from the first to the last by time. */
export const unstoredRuns = z.object({
  items: z.array(alertRun.omit({ active: true }).extend({ stored: z.literal(false) })).meta({ description: 'At most 100' }),
  total: z.number().int().meta({ description: 'Of how many pumps and rules there are some' }),
  note: z.string().nullable().meta({ description: 'Why they are not stored, as a sentence; null when there are none' }),
});
export type UnstoredAnswer = z.output<typeof unstoredRuns>;
