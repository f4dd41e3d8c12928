import { z } from 'zod';
import { measure } from './values.ts';

/** Who asks, for the page. */
export const me = z.object({
  site: z.string(),
  timezone: z.string().meta({ description: 'IANA name of the site’s zone' }),
  version: z.string(),
  summaryAt: z
    .string()
    .nullable()
    .meta({
      description: 'When the day before is summarised, HH:mm on the site’s wall clock; null when that is not done by itself',
      example: '00:30',
    }),
  holdMs: z.number().meta({ description: 'How long a reading tells of its pump, ms (`alarms.hold`): one without a newer reading is silent' }),
  told: z.boolean().meta({ description: 'Somebody is told of alarms: notify names channels and routes' }),
  signInNeeded: z.boolean().meta({ description: 'Tokens exist, or the address is not loopback' }),
  name: z.string().nullable(),
  role: z.enum(['read', 'operate', 'manage']).nullable().meta({ description: 'null when a sign-in is needed first' }),
  rules: z.array(
    z.object({
      id: z.string(),
      measure,
      comparison: z.enum(['below', 'above']),
      threshold: z.number(),
      pumps: z.string(),
      priority: z.enum(['low', 'medium', 'high']),
    }),
  ).meta({ description: 'Limits of single readings, which make alerts' }),
  alarms: z.array(z.object({
    id: z.string(),
    measure: measure.nullable().meta({ description: 'null for silence' }),
    priority: z.enum(['low', 'medium', 'high']),
    condition: z.string().meta({ description: 'What is wrong, in words', example: 'below 5 psi' }),
    guidance: z.string().nullable().meta({ description: 'What to do, as the rule has it' }),
  })).meta({ description: 'The rules of alarms that are in force' }),
});
export type Me = z.output<typeof me>;
