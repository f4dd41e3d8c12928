import { z } from 'zod';
import { parseWhen } from '../../domain/alarm/fold/when.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import { DAY_MS } from '../../domain/reading/wallClock.ts';
import { checked, durationFrom, integer, listOf, mapping, number, oneOf, positive, text } from './fields.ts';

const PRIORITIES = ['low', 'medium', 'high'] as const;

const limit = () => z.union(
  [
    z.number(),
    z.literal(true),
    z.strictObject({ low: z.number().optional(), medium: z.number().optional(), high: z.number().optional() })
      .refine((levels) => Object.keys(levels).length > 0),
  ],
  checked('a limit such as 5, levels such as { medium: 20, high: 5 }, or true beside deviates'),
);

const ruleId = () => text('an id of letters, digits, dot, dash and underscore', 64, /^[A-Za-z\d][\w.-]*$/);
const delay = () => durationFrom(0, '0s').default(0);

/** Positive durations; what is needed beside what is told by `ruleIssues.ts`. */
const someTime = () => durationFrom(1, '1ms');

/** A rule as it is written. Durations become ms, `when` is parsed. */
export const ruleSection = z.strictObject({
  id: ruleId(),
  measure: oneOf(MEASURES).optional(),
  below: limit().optional(),
  above: limit().optional(),
  falls: positive().optional(),
  rises: positive().optional(),
  within: someTime().optional(),
  stuck: someTime().optional(),
  tolerance: number().min(0, checked('a number from 0 on')).default(0),
  range: z.tuple([z.number(), z.number()], checked('the lowest and the highest value of the instrument, such as [0, 500]'))
    .refine(([low, high]) => low < high, checked('the lowest and the highest value of the instrument, such as [0, 500]')).optional(),
  deviates: positive().optional(),
  over: durationFrom(60_000, '1m').refine((ms) => DAY_MS % ms === 0, 'expected a part of a day such as 1h, 30m or 24h').default(3_600_000),
  of: durationFrom(DAY_MS, '1d')
    .refine((ms) => ms % DAY_MS === 0 && ms <= 366 * DAY_MS, 'expected whole days from 1d to 366d').default(14 * DAY_MS),
  hours: integer(1, 1000).default(2),
  silent: someTime().optional(),
  pumps: text('a pump id in which * stands for anything', 256).default('*'),
  priority: oneOf(PRIORITIES).default('medium'),
  deadband: number().min(0, checked('a number from 0 on')).default(0),
  onDelay: delay(),
  offDelay: delay(),
  when: z.string(checked('comparisons such as hz > 0 and flo > 10')).transform((written, context) => {
    const when = parseWhen(written);
    if (when) return when;
    const problem = checked(`comparisons of ${MEASURES.join(', ')} such as hz > 0, joined by and or or`).error({ input: written });
    context.addIssue({ code: 'custom', input: written, message: problem });
    return z.NEVER;
  }).optional(),
  after: delay(),
  repeated: z.strictObject({ times: integer(2, 1000), within: someTime() }, mapping()).optional(),
  suppressedBy: listOf(ruleId(), 'a list of ids of rules').default([]),
  latch: z.boolean(checked('true or false')).default(false),
  acknowledge: z.boolean(checked('true or false')).optional(),
  realarm: someTime().optional(),
  respondWithin: someTime().optional(),
  guidance: text('what to do, on one line', 1000).optional(),
}, mapping());

/** A rule as written, valid by itself. */
export type WrittenRule = z.output<typeof ruleSection>;

/** The keys of a rule. */
export const RULE_KEYS: readonly string[] = Object.keys(ruleSection.shape);

/** A limit that is always in force, and what is unusual for the pump, which nobody is paged for. */
export const DEFAULT_RULES = [
  { id: 'low-psi', measure: 'psi', below: 5, priority: 'high' },
  {
    id: 'psi-low-for-this-pump', measure: 'psi', deviates: 4, below: true, over: '1h', of: '14d', hours: 2, priority: 'low',
    acknowledge: false,
  },
].map((rule) => ruleSection.parse(rule));
