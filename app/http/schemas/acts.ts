import { z } from 'zod';
import { ACT_KINDS, ACT_WAYS } from '../../../domain/alarm/acts/act.ts';
import { ALARM_STATES } from '../../../domain/alarm/acts/life.ts';
import { parseDay } from '../../../domain/reading/wallClock.ts';
import { parseDuration } from '../../config/units.ts';
import { instant, pageFields, pumpId, pumpIdAsked, value, wallTime } from './values.ts';

export const priority = z.enum(['low', 'medium', 'high']);
const ruleId = z.string().min(1).max(64).meta({ description: 'Id of a rule', example: 'low-psi' });
const date = z.string().meta({ description: 'Date of the site, YYYY-MM-DD', example: '2026-12-15' });

/** What was done, the same keys for each kind. */
export const act = z.object({
  number: z.int().meta({ description: 'Counts from 1 in the order in which it was done' }),
  at: instant,
  by: z.string().meta({ description: 'The name of the token, or what somebody said' }),
  verified: z.boolean().meta({ description: 'The name is that of a token' }),
  via: z.enum(ACT_WAYS),
  kind: z.enum(ACT_KINDS).meta({ description: '`settings` is a change of rules or maintenance windows, found at a start' }),
  pump: pumpId.nullable(),
  rule: ruleId.nullable().meta({ description: 'null for all of the pump’s' }),
  level: priority.nullable().meta({ description: 'Up to which level it counts' }),
  seen: z.array(z.object({ from: wallTime, to: wallTime })).readonly()
    .meta({ description: 'What was seen of the alarms that it is about' }),
  until: instant.nullable(),
  review: date.nullable(),
  comment: z.string().nullable().meta({ description: 'What was said: the comment, or the reason' }),
  changes: z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })).readonly(),
  retract: z.object({ sources: z.array(z.string()).readonly().nullable(), from: wallTime.nullable(), to: wallTime.nullable() }).nullable()
    .meta({ description: 'Which readings were taken back, of sources or of the pump in a range of times' }),
});
export const actPage = z.object({ items: z.array(act), total: z.int(), ...pageFields });

/** An alarm, as `wellwatch alarms --json` writes it. */
export const alarm = z.object({
  pump: pumpId,
  rule: ruleId,
  priority,
  state: z.enum(ALARM_STATES),
  from: wallTime.meta({ description: 'The first reading beyond the limit' }),
  raised: wallTime.nullable(),
  returned: wallTime.nullable().meta({ description: 'The first reading that is back inside' }),
  cleared: wallTime.nullable(),
  worst: value,
  worstAt: wallTime.nullable(),
  readings: z.int().meta({ description: 'How many were beyond the limit' }),
  stale: z.boolean().meta({ description: 'It goes on as far as is known, but the pump has been silent since' }),
  late: z.boolean().meta({ description: 'It was found long after its time' }),
  acknowledged: z.object({ by: z.string(), at: instant, comment: z.string().nullable() }).nullable(),
  shelved: z.object({ by: z.string(), until: instant, reason: z.string() }).nullable(),
});
export const alarms = z.object({ items: z.array(alarm) });

/** A duration as the configuration has it, in ms. */
const duration = z.string().max(20).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 30m or 2h' });
  return z.NEVER;
}).meta({ description: 'A duration such as 30m or 2h', example: '2h' });

const comment = z.string().max(2000).optional().meta({ description: 'What whoever comes next should know' });
const reason = z.string().min(1).max(2000).meta({ description: 'Why' });
// The class is spelled out: readers of the description that know no \P{Cc} can make no name.
export const by = z.string().min(1).max(64).regex(/^[^\u0000-\u001f\u007f-\u009f]+$/).optional()
  .meta({ description: 'Who does it, where nobody needs a token; otherwise the token says who' });
const oneAlarm = { pump: pumpIdAsked, rule: ruleId };
const ofPump = { pump: pumpIdAsked, rule: ruleId.optional().meta({ description: 'By default all of the pump’s' }) };

export const acknowledging = z.strictObject({
  alarms: z.array(z.strictObject({
    ...oneAlarm,
    seenTo: wallTime.max(23).optional().meta({ description: 'What began later than this was not seen, and is left alone' }),
    level: priority.optional().meta({ description: 'The level that was seen: what is worse is left alone' }),
  })).min(1).max(100),
  comment,
  for: duration.optional(),
  by,
});
export const acknowledged = z.object({
  items: z.array(z.object({
    pump: pumpId, rule: ruleId,
    outcome: z.enum(['acknowledged', 'already', 'worse']).meta({
      description: 'already: nobody has to acknowledge it; worse: it is worse than what was seen, look again',
    }),
    alarms: z.array(alarm),
  })),
});
export const commenting = z.strictObject({ ...oneAlarm, comment: z.string().min(1).max(2000), by });
export const shelving = z.strictObject({
  ...ofPump, reason, by,
  for: duration.optional().meta({ description: 'So long at most; needed unless it is set once' }),
  once: z.boolean().optional().meta({ description: 'Only what goes on now, until it is over' }),
});
export const unshelving = z.strictObject({ ...ofPump, comment, by });
export const takingOut = z.strictObject({
  pump: pumpIdAsked, reason, by,
  review: date.max(10).refine((text) => parseDay(text) !== undefined, { error: 'expected YYYY-MM-DD' }),
});
export const returning = z.strictObject({ pump: pumpIdAsked, comment, by });
export const resetting = z.strictObject({ ...oneAlarm, comment, by });

/** What is set aside just now. */
export const aside = z.object({
  shelves: z.array(z.object({
    pump: pumpId, rule: ruleId.nullable(), by: z.string(), at: instant, until: instant, reason: z.string(),
    once: z.boolean().meta({ description: 'It ends with its alarm, if that comes before' }),
  })),
  outOfService: z.array(z.object({
    pump: pumpId, by: z.string(), at: instant, reason: z.string(), review: date,
    overdue: z.boolean().meta({ description: 'The date of its review has passed' }),
  })),
});
