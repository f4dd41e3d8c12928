import type { Alert } from './alert.ts';
import { type AlertRun, isWithin, type NewRun } from './alertRun.ts';
import type { Enriched } from './enriched.ts';
import { MOST_TOLD } from './newRuns.ts';
import { worseOf } from './rule.ts';

/** What is stored of a pump and rule: an alarm, or what may become one. */
export interface StoredRun {
  /** Wall times of its first and its last reading beyond the limit. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly worst: number;
  /** It has not been cleared: the next alert belongs to it. */
  readonly goesOn: boolean;
}

/** What is stored of some pumps and rules, by `PUMP\nRULE`, in order of time; that of a pump and rule that is absent has not changed. */
export type StoredRuns = Readonly<Record<string, readonly StoredRun[]>>;

/** What was told and is not found stored after so long never will be, ms: a redelivered row, or one that was corrected. */
const AHEAD_MS = 60_000;
/** More alerts of a pump and rule are not remembered one by one while a store is away. */
const MOST_AHEAD = 5_000;

interface Ahead {
  readonly value: number;
  readonly receivedAt: number;
  /** When it was told, ms by the clock. */
  readonly at: number;
}

interface Known {
  /** The news that came last, for what is the same in all runs of the pump and rule. */
  news: Enriched<NewRun> | undefined;
  stored: readonly StoredRun[];
  /** By wall time: alerts that were told and are in none of the stored. */
  readonly ahead: Map<number, Ahead>;
  /** Times of alerts that something in limits comes before. */
  readonly begins: Set<number>;
  /** By their beginning: as they were told last. */
  readonly told: Map<number, Enriched<AlertRun>>;
  toldAt: number;
}

/**
 * What terminal and live stream tell of alerts: each by its alarm, or by what may become one, as the fold of what is stored has
 * it, and on top of that the alerts that are not stored yet. So a restart goes on with what there was, and a correction counts once.
 * Whether the alarm that goes on has ended meanwhile is known half a second later: then what was told is told anew.
 *
 *   stored (fold)   ├── alarm: from, count, worst ──┤
 *   ahead                                            ┆ ┆ ┆      told at once: from the alarm's beginning, count + 3
 */
export class LiveRuns {
  readonly #known = new Map<string, Known>();
  readonly #clock: () => number;

  /** `clock`: ms, never set back. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Takes new alerts; gives the runs that they belong to, as they are now. Of each pump and rule the oldest comes first. */
  add(news: readonly Enriched<NewRun>[]): Enriched<AlertRun>[] {
    const touched = new Map<string, { readonly known: Known; readonly times: number[] }>();
    for (const run of news) {
      const key = keyOf(run);
      const known = this.#of(key);
      const { times } = touched.get(key) ?? { times: new Array<number>() };
      this.#take(known, run);
      times.push(run.from, run.to);
      touched.set(key, { known, times });
    }
    return [...touched.values()].flatMap(({ known, times }) =>
      this.#tell(known, runsOf(known).filter((run) => times.some((time) => isWithin(time, run)))));
  }

  /** Takes out alerts that hold no longer. */
  withdraw(alerts: readonly Alert[]): void {
    for (const alert of alerts) this.#known.get(keyOf(alert))?.ahead.delete(alert.time);
  }

  /** What is stored has been looked at; gives those of the runs told lately that are something else. */
  setStored(stored: StoredRuns): Enriched<AlertRun>[] {
    for (const [key, runs] of Object.entries(stored)) {
      const known = this.#of(key);
      known.stored = runs;
      // What is older than all of those that are given is in one of the others.
      const since = runs.length >= MOST_TOLD ? runs[0].from : -Infinity;
      for (const time of known.ahead.keys()) if (time < since || runs.some((run) => isWithin(time, run))) known.ahead.delete(time);
    }
    return [...this.#known].flatMap(([key, known]) => {
      this.#forget(key, known);
      return known.told.size === 0 ? [] : this.#tell(known, runsOf(known).filter((run) => isOther(run, known.told)));
    });
  }

  #of(key: string): Known {
    const known = this.#known.get(key) ??
      { news: undefined, stored: [], ahead: new Map(), begins: new Set(), told: new Map(), toldAt: -Infinity };
    this.#known.set(key, known);
    return known;
  }

  #take(known: Known, run: Enriched<NewRun>): void {
    const at = this.#clock();
    known.news = run;
    if (!run.joins) known.begins.add(run.from);
    run.times.forEach((time, i) => {
      known.ahead.delete(time); // the newest come last, also those of a time that was told before
      known.ahead.set(time, { value: run.values[i], receivedAt: run.receivedAt, at });
    });
    for (const time of known.ahead.keys()) {
      if (known.ahead.size <= MOST_AHEAD) break;
      known.ahead.delete(time);
    }
  }

  #tell(known: Known, runs: readonly Enriched<AlertRun>[]): Enriched<AlertRun>[] {
    const told = runs.slice(-MOST_TOLD);
    for (const run of told) {
      for (const [from, other] of known.told) if (isWithin(other.from, run) || isWithin(run.from, other)) known.told.delete(from);
      known.told.set(run.from, run);
    }
    if (told.length > 0) known.toldAt = this.#clock();
    return told;
  }

  #forget(key: string, known: Known): void {
    const since = this.#clock() - AHEAD_MS;
    for (const [time, { at }] of known.ahead) if (at < since) known.ahead.delete(time);
    if (known.ahead.size === 0) known.begins.clear();
    if (known.toldAt < since) known.told.clear();
    if (known.told.size === 0 && known.ahead.size === 0 && known.stored.every(({ goesOn }) => !goesOn)) this.#known.delete(key);
  }
}

/** The pump and rule of something, as {@link StoredRuns} has them. */
export function keyOf({ pump, rule }: { readonly pump: string; readonly rule: string }): string {
  return `${pump}\n${rule}`;
}

/** What is stored, and what is ahead of it, in order of time. */
function runsOf({ news, stored, ahead, begins, told }: Known): Enriched<AlertRun>[] {
  if (!news) return [];
  const like = sharedBy(news);
  const runs = stored.map(({ from, to, count, worst }): Enriched<AlertRun> => {
    const known = told.get(from);
    return { ...like, from, to, count, worst, lastValue: known?.to === to ? known.lastValue : worst };
  });
  let current: number | undefined = stored.at(-1)?.goesOn ? runs.length - 1 : undefined;
  for (const [time, { value, receivedAt }] of [...ahead].sort(([a], [b]) => a - b)) {
    const last = { to: time, lastValue: value, receivedAt };
    const inside = stored.findIndex((run) => isWithin(time, run));
    if (inside >= 0) runs[inside] = { ...runs[inside], ...(runs[inside].to === time && { lastValue: value, receivedAt }) };
    else if (current !== undefined && time > runs[current].to && !begins.has(time)) {
      const { count, worst, comparison } = runs[current];
      runs[current] = { ...runs[current], ...last, count: count + 1, worst: worseOf(comparison, worst, value) };
    } else current = runs.push({ ...like, ...last, from: time, count: 1, worst: value }) - 1;
  }
  return runs.sort((a, b) => a.from - b.from);
}

/** What all runs of a pump and rule have in common. */
function sharedBy({ pump, rule, measure, comparison, threshold, receivedAt, known, vendor, maintenance }: Enriched<NewRun>) {
  return { pump, rule, measure, comparison, threshold, receivedAt, known, vendor, maintenance };
}

/** Whether a run is told in another way, or as a part of another one. */
function isOther(run: AlertRun, told: ReadonlyMap<number, AlertRun>): boolean {
  const same = told.get(run.from);
  if (same) return same.to !== run.to || same.count !== run.count || same.worst !== run.worst;
  return [...told.values()].some((other) => isWithin(other.from, run) || isWithin(run.from, other));
}
