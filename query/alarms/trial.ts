import type { Alarm } from '../../domain/alarm/fold/alarm.ts';
import { type AlarmRule, judgementOf } from '../../domain/alarm/fold/alarmRule.ts';
import { medianOf } from '../../domain/alarm/fold/baseline.ts';
import { PumpFold } from '../../domain/alarm/fold/pumpFold.ts';
import { isSuppressed, suppressionsOf } from '../../domain/alarm/fold/suppression.ts';
import { type RuleSpan, type RuleVersion, spansOf } from '../../domain/alarm/fold/versions.ts';
import { chatterOf } from '../../domain/alarm/kpis/nuisance.ts';
import type { TimeRange } from '../../domain/reading/selection.ts';
import type { StoredPumps } from '../../storage/table/pumps.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import type { Turns } from '../turns.ts';

/** What is tried: rules for all of the time, beside those that were in force when. Counted are alarms raised in the range. */
export interface TrialQuestion extends TimeRange {
  /** Only this pump; by default all. */
  readonly pump?: string | undefined;
  /** Lets others work in between; by default nobody waits. */
  readonly turns?: Pick<Turns, 'next'> | undefined;
  /** Of one pump: whether the alarms themselves are wanted, the newest so many of each rule. */
  readonly shown?: number | undefined;
  readonly before: readonly RuleVersion[];
  readonly after: readonly AlarmRule[];
}

/** What a rule makes. */
export interface TrialFigures {
  readonly alarms: number;
  /** Of the time that has readings, from the first of any pump to the last; null while there is none. */
  readonly perHour: number | null;
  /** How many are the third of a pump within a minute. */
  readonly chattering: number;
}

/** A rule as it was in force, and as it would be. */
export interface RuleTrial {
  readonly rule: string;
  readonly before: TrialFigures;
  readonly after: TrialFigures;
  /** Alarms at a time and pump at which the rule had none, and those that it would have no more. */
  readonly gained: number;
  readonly lost: number;
  /** By how much the others would be raised later, the median, ms; earlier where it is negative. Null where there are none. */
  readonly laterMs: number | null;
  /** The alarms themselves, in order of time; none unless they are wanted. */
  readonly shown: { readonly before: readonly Alarm[]; readonly after: readonly Alarm[] };
}

const HOUR_MS = 3_600_000;

/**
 * Folds all readings up to the end of the range, once, into the alarms of both; stores nothing. By rule: those in force first,
 * then those that are new. Throws STORE_UNAVAILABLE.
 */
export async function tryRules(table: StoredReadings & StoredPumps, question: TrialQuestion): Promise<RuleTrial[]> {
  const { before, after, pump: only, shown = 0, from = -Infinity, to = Infinity } = question;
  const tallies = new Map<string, Tally>();
  const inForce = before[before.length - 1].rules;
  for (const { id } of [...inForce, ...after]) tallies.set(id, new Tally(shown));
  let [first, last] = [Infinity, -Infinity];
  for (const pump of only === undefined ? await table.pumps() : [only]) {
    const found = await tryPump(table, pump, question);
    first = Math.min(first, found.first);
    last = Math.max(last, found.last);
    const isRaised = ({ raised }: Alarm) => raised >= from && raised < to;
    for (const { rule } of found.before.filter(isRaised)) if (!tallies.has(rule)) tallies.set(rule, new Tally(shown)); // gone by now
    for (const [id, tally] of tallies)
      tally.add(found.before.filter(({ rule }) => rule === id), found.after.filter(({ rule }) => rule === id), isRaised);
  }
  const hours = Math.max(0, Math.min(to, last) - Math.max(from, first)) / HOUR_MS;
  return [...tallies].map(([rule, tally]) => tally.trial(rule, hours));
}

/** The alarms of one rule at one pump after the other. */
class Tally {
  readonly #counts = { before: 0, after: 0, chatteringBefore: 0, chatteringAfter: 0, gained: 0, lost: 0 };
  readonly #delays: number[] = [];
  readonly #most: number;
  #shown: RuleTrial['shown'] = { before: [], after: [] };

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a pump's alarms, in order of time. */
  add(before: readonly Alarm[], after: readonly Alarm[], isRaised: (alarm: Alarm) => boolean): void {
    const counts = this.#counts;
    const [raisedBefore, raisedAfter] = [before.filter(isRaised), after.filter(isRaised)];
    counts.before += raisedBefore.length;
    counts.after += raisedAfter.length;
    counts.chatteringBefore += chatterOf(raisedBefore);
    counts.chatteringAfter += chatterOf(raisedAfter);
    counts.gained += apartFrom(before, raisedAfter);
    counts.lost += apartFrom(after, raisedBefore);
    this.#delays.push(...delaysOf(before, raisedAfter));
    if (this.#most > 0) this.#shown = { before: raisedBefore.slice(-this.#most), after: raisedAfter.slice(-this.#most) };
  }

  trial(rule: string, hours: number): RuleTrial {
    const { before, after, chatteringBefore, chatteringAfter, gained, lost } = this.#counts;
    const perHour = (count: number) => (hours > 0 ? count / hours : null);
    return {
      rule,
      before: { alarms: before, perHour: perHour(before), chattering: chatteringBefore },
      after: { alarms: after, perHour: perHour(after), chattering: chatteringAfter },
      gained, lost, laterMs: this.#delays.length === 0 ? null : medianOf(this.#delays), shown: this.#shown,
    };
  }
}

/** By how much alarms are raised later than the first of the others that is there at the same time, ms; both in order of time. */
function delaysOf(others: readonly Alarm[], alarms: readonly Alarm[]): number[] {
  let next = 0;
  return alarms.flatMap(({ from, cleared, raised }) => {
    while (next < others.length && (others[next].cleared ?? Infinity) < from) next++;
    return next < others.length && others[next].from <= (cleared ?? Infinity) ? [raised - others[next].raised] : [];
  });
}

/** How many alarms are there at no time at which one of the others is; both in order of time. */
function apartFrom(others: readonly Alarm[], alarms: readonly Alarm[]): number {
  let [count, next] = [0, 0];
  for (const { from, cleared } of alarms) {
    while (next < others.length && (others[next].cleared ?? Infinity) < from) next++;
    if (next >= others.length || others[next].from > (cleared ?? Infinity)) count++;
  }
  return count;
}

/** A pump's alarms by the rules that were in force, and by those that are tried; and its first and last reading. */
interface PumpTrial {
  readonly before: readonly Alarm[];
  readonly after: readonly Alarm[];
  readonly first: number;
  readonly last: number;
}

async function tryPump(table: StoredReadings, pump: string, { before, after, to, turns }: TrialQuestion): Promise<PumpTrial> {
  const spans = spansOf(before, pump);
  const tried = spansOf([{ from: 0, rules: after }], pump);
  // A rule that judges as it always has is folded once.
  const same = new Set(tried.filter((span) => isAmong(span, spans)).map(({ rule }) => rule.id));
  const folds = [new PumpFold(pump, spans), new PumpFold(pump, tried.filter(({ rule }) => !same.has(rule.id)))];
  let [first, last] = [Infinity, -Infinity];
  for await (const piece of table.readings(pump, { to })) {
    if (piece.length === 0) continue;
    for (const fold of folds) fold.take(piece);
    await turns?.next();
    first = Math.min(first, piece.time[0]);
    last = piece.time[piece.length - 1];
  }
  const [were, would] = folds.map((fold) => fold.closeAt(last).sort((a, b) => a.from - b.from));
  const all = [...would, ...were.filter(({ rule }) => same.has(rule))].sort((a, b) => a.from - b.from);
  return { before: meant(were, before[before.length - 1].rules, last), after: meant(all, after, last), first, last };
}

function isAmong(tried: RuleSpan, spans: readonly RuleSpan[]): boolean {
  const own = spans.filter(({ rule }) => rule.id === tried.rule.id);
  return own.length === 1 && own[0].from === -Infinity && own[0].to === Infinity && judgementOf(own[0].rule) === judgementOf(tried.rule);
}

/** Without alarms that mean nothing because of others. */
function meant(alarms: readonly Alarm[], rules: readonly AlarmRule[], moment: number): readonly Alarm[] {
  if (!rules.some(({ suppressedBy, condition }) => suppressedBy.length > 0 || condition.kind === 'range')) return alarms;
  return alarms.filter((alarm) => !isSuppressed(alarm, suppressionsOf(alarm, alarms, rules), moment));
}
