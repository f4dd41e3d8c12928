import { z } from 'zod';
import { formatDay, formatTime, parseDay, parseTime } from '../../reading/wallClock.ts';
import { type Act, ACT_WAYS, type Deed, type Span } from './act.ts';

/*
 * An act as JSON, a line of the log.
 *
 *   {"number":7,"at":"2026-11-29T02:51:09.120Z","by":"anna","verified":true,"via":"api","key":null,"kind":"acknowledge",
 *    "pump":"TECHE","rule":"low-psi","seen":[{"from":"2026-11-28T20:50:00","to":"2026-11-28T20:51:00"}],"level":"high",
 *    "until":null,"comment":"On my way"}
 */

/** An instant as ISO 8601, in UTC. */
const instant = z.codec(z.iso.datetime(), z.int(), { decode: (text) => Date.parse(text), encode: (ms) => new Date(ms).toISOString() });

/** A text that stands for a number: undefined is none. */
function numberAs(parse: (text: string) => number | undefined, format: (value: number) => string) {
  return z.codec(z.string(), z.number(), {
    decode(text, { issues }) {
      const value = parse(text);
      if (value !== undefined) return value;
      issues.push({ code: 'custom', input: text, message: 'expected a time or a date of the wall clock' });
      return z.NEVER;
    },
    encode: format,
  });
}

const wallTime = numberAs(parseTime, formatTime);
const priority = z.enum(['low', 'medium', 'high']);
const comment = z.string().nullable();

const head = {
  number: z.int().positive(),
  at: instant,
  by: z.string(),
  verified: z.boolean(),
  via: z.enum(ACT_WAYS),
  key: z.string().nullable(),
};
const ofPump = { pump: z.string() };
const ofAlarm = { ...ofPump, rule: z.string(), seen: z.array(z.object({ from: wallTime, to: wallTime })) };

/** An act as JSON has it, on one side; as the program has it, on the other. */
export const actCodec = z.discriminatedUnion('kind', [
  z.object({ ...head, kind: z.literal('acknowledge'), ...ofAlarm, level: priority, until: instant.nullable(), comment }),
  z.object({ ...head, kind: z.literal('comment'), ...ofAlarm, comment: z.string() }),
  z.object({
    ...head, kind: z.literal('shelve'), ...ofPump, rule: z.string().nullable(),
    levels: z.record(z.string(), priority), until: instant, reason: z.string(),
    once: z.array(z.object({ rule: z.string(), from: wallTime, to: wallTime })).optional(),
  }),
  z.object({ ...head, kind: z.literal('unshelve'), ...ofPump, rule: z.string().nullable(), comment }),
  z.object({ ...head, kind: z.literal('out-of-service'), ...ofPump, reason: z.string(), review: numberAs(parseDay, formatDay) }),
  z.object({ ...head, kind: z.literal('return'), ...ofPump, comment }),
  z.object({ ...head, kind: z.literal('reset'), ...ofAlarm, comment }),
  z.object({
    ...head, kind: z.literal('settings'),
    changes: z.array(z.object({ path: z.string(), before: comment, after: comment })),
    settings: z.record(z.string(), z.string()),
  }),
  z.object({
    ...head, kind: z.literal('retract'),
    sources: z.array(z.object({ number: z.int(), source: z.string() })).nullable(),
    pump: z.string().nullable(), from: wallTime.nullable(), to: wallTime.nullable(), receivedUntil: instant, reason: z.string(),
  }),
]);

/** An act as JSON has it: instants in UTC, wall times and dates as the site writes them. */
export type ActJson = z.input<typeof actCodec>;

/** What JSON says of an act. */
export function actJson(act: Act): ActJson {
  return z.encode(actCodec, act as z.output<typeof actCodec>);
}

/** The act of a line of the log, or undefined when it is none that this version knows. */
export function actOfLine(line: string): Act | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined; // torn by a crash: who wrote it was never told that it is safe
  }
  const { data } = actCodec.safeParse(json);
  return data;
}

/** The spans of an act, none of what is not about single alarms. */
export function spansOf(deed: Deed): readonly Span[] {
  return 'seen' in deed ? deed.seen : [];
}
