import { z } from 'zod';
import { priority } from './acts.ts';
import { pumpId, pumpIdAsked, wallFrom, wallTime, wallTo } from './values.ts';

/** What is to be tried. */
export const trialAsked = z.strictObject({
  rules: z.array(z.record(z.string(), z.unknown())).max(50).optional().meta({
    description: 'Rules as the configuration has them, in the place of those in force with the same id; the others stay',
    example: [{ id: 'low-psi', measure: 'psi', below: 7, deadband: 2 }],
  }),
  limits: z.array(z.strictObject({
    rule: z.string().min(1).max(64), threshold: z.number(),
    priority: priority.optional().meta({ description: 'Of a rule with levels the one that is meant; by default the last' }),
  })).max(50).optional().meta({ description: 'Other limits of rules in force, all else as it is' }),
  pump: pumpIdAsked.optional().meta({ description: 'Only this one; by default all' }),
  from: wallFrom('; by default all'),
  to: wallTo('; by default all'),
});

const figures = z.object({
  alarms: z.int(),
  perHour: z.number().nullable().meta({ description: 'Of the time that has readings; null while there is none' }),
  chattering: z.int().meta({ description: 'How many are the third of a pump within a minute' }),
});
const tried = z.object({ pump: pumpId, from: wallTime, raised: wallTime, cleared: wallTime.nullable() });

/** What rules make, and would make. */
export const trials = z.object({
  items: z.array(z.object({
    rule: z.string(),
    before: figures,
    after: figures,
    gained: z.int().meta({ description: 'Alarms at a time and pump at which the rule had none' }),
    lost: z.int(),
    laterMs: z.number().nullable().meta({ description: 'By how much the others would be raised later, the median, ms; null where there are none' }),
    alarms: z.object({ before: z.array(tried), after: z.array(tried) }).meta({ description: 'Of one pump the newest 200 of each; otherwise none' }),
  })),
});
export type Trials = z.output<typeof trials>;
