import { z } from 'zod';
import { alarm } from './acts.ts';
import { contact, maintenance, vendor } from './pumps.ts';
import { measure, pageFields, wallTime } from './values.ts';

/** An alarm, joined with its pump. */
export const listedAlarm = alarm.extend({
  measure: measure.nullable().meta({ description: 'null for silence' }),
  condition: z.string().nullable().meta({
    description: 'What is wrong, in words, as the rule is configured now; null when there is none any more',
    example: 'below 5 psi',
  }),
  to: wallTime.meta({ description: 'Its last reading beyond the limit' }),
  active: z.boolean().meta({ description: 'It goes on: it has not been cleared' }),
  known: z.boolean(),
  vendor: vendor.nullable(),
  lastMaintenance: maintenance.nullable().meta({ description: 'The last event before the day on which it began: a cause, not a consequence' }),
  since: z.array(maintenance).meta({ description: 'What was done on that day, which may be before or after, and later; oldest first' }),
  contacts: z.array(contact).meta({ description: 'Whom to call' }),
});
export type AlarmItem = z.output<typeof listedAlarm>;

export const alarmList = z.object({
  items: z.array(listedAlarm),
  total: z.int(),
  active: z.int().meta({ description: 'How many of all go on' }),
  ...pageFields,
});
