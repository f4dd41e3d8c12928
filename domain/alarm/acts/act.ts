import type { Priority } from '../rule.ts';

/** What people do about alarms and readings, in the order in which it is told of. `settings` are changes of the configuration, seen at a start. */
export const ACT_KINDS =
  ['acknowledge', 'comment', 'shelve', 'unshelve', 'out-of-service', 'return', 'reset', 'settings', 'retract'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** From where: the page, another program over HTTP, the command line, a job that began. */
export const ACT_WAYS = ['page', 'api', 'cli', 'start'] as const;
export type ActWay = (typeof ACT_WAYS)[number];

/** Wall times of a pump, both included: as much of an alarm as somebody saw, from its first to its last reading beyond the limit. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Who did something, when, and from where. */
export interface ActHead {
  /** Counts from 1 in the order in which acts were written. */
  readonly number: number;
  /** ms since 1970-01-01T00:00Z. */
  readonly at: number;
  readonly by: string;
  /** The name is that of a token; otherwise it is what somebody said. */
  readonly verified: boolean;
  readonly via: ActWay;
  /** What a client gave so that the same request does the same only once. */
  readonly key: string | null;
}

interface OfPump<Kind extends ActKind> {
  readonly kind: Kind;
  readonly pump: string;
}

interface OfAlarm<Kind extends ActKind> extends OfPump<Kind> {
  readonly rule: string;
  /** The occurrences that it is about. */
  readonly seen: readonly Span[];
}

/** "I know", up to the level that was seen; `until` in ms UTC, or null when it holds until the alarm is over. */
export interface Acknowledge extends OfAlarm<'acknowledge'> {
  readonly level: Priority;
  readonly until: number | null;
  readonly comment: string | null;
}

export interface Comment extends OfAlarm<'comment'> {
  readonly comment: string;
}

/** Sets a pump's alarms of one rule, or of all, aside for a time. `until`: ms UTC. */
export interface Shelve extends OfPump<'shelve'> {
  readonly rule: string | null;
  /** By rule, the level of what went on then: what gets worse than that is not covered. A rule that is not there is covered whole. */
  readonly levels: Readonly<Record<string, Priority>>;
  readonly until: number;
  readonly reason: string;
  /** It is about these alarms alone, and ends with them if that comes before `until`. */
  readonly once?: readonly (Span & { readonly rule: string })[] | undefined;
}

/** Ends the shelves of one rule, or with null all of the pump. */
export interface Unshelve extends OfPump<'unshelve'> {
  readonly rule: string | null;
  readonly comment: string | null;
}

/** Takes a pump out, until somebody returns it. `review` is the day number when that is to be looked at again. */
export interface OutOfService extends OfPump<'out-of-service'> {
  readonly reason: string;
  readonly review: number;
}

export interface Return extends OfPump<'return'> {
  readonly comment: string | null;
}

/** Lets go of latched alarms. */
export interface Reset extends OfAlarm<'reset'> {
  readonly comment: string | null;
}

/** One thing of the configuration that is other than at the start before; null is absent. */
export interface SettingChange {
  /** Such as `rules.low-psi`. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Settings that decide what alarms are, as a start found them. The first start of all has no changes. */
export interface Settings {
  readonly kind: 'settings';
  readonly changes: readonly SettingChange[];
  /** All of them, by path, for the next start to compare. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Takes readings out that should never have come: all of some sources, or those of a pump from one wall time to another, not included. */
export interface Retract {
  readonly kind: 'retract';
  /** By number and name of their receipts; null for whatever source. */
  readonly sources: readonly { readonly number: number; readonly source: string }[] | null;
  readonly pump: string | null;
  readonly from: number | null;
  readonly to: number | null;
  /** Rows that were received later stay: ms since 1970-01-01T00:00Z. */
  readonly receivedUntil: number;
  readonly reason: string;
}

/** What was done. */
export type Deed = Acknowledge | Comment | Shelve | Unshelve | OutOfService | Return | Reset | Settings | Retract;

/** An entry of the log of acts: it never changes, and none is ever taken out. */
export type Act = ActHead & Deed;

/** More spans than this become one: an act stays small. */
const MOST_SPANS = 50;

/** Spans in order of time, at most 50: of more the oldest become one. */
export function boundedSpans(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  if (sorted.length <= MOST_SPANS) return sorted;
  const old = sorted.slice(0, sorted.length - MOST_SPANS + 1);
  return [{ from: old[0].from, to: Math.max(...old.map(({ to }) => to)) }, ...sorted.slice(old.length)];
}
