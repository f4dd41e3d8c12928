import { isDeepStrictEqual } from 'node:util';
import type { NewRun } from '../../domain/alarm/alertRun.ts';
import { keyOf, type StoredRun, type StoredRuns } from '../../domain/alarm/liveRuns.ts';
import { MOST_TOLD } from '../../domain/alarm/newRuns.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { ListedFacts } from '../../query/alarms/alarmFacts.ts';

/** What became of alerts is told for so long, ms. */
const WATCH_MS = 60_000;

/** What the alarms of stored readings are, and what may become one, for whoever tells of alerts: only what has changed, by pump and rule. */
export class StoredRunNews {
  /** Rules whose readings are alerts. */
  readonly #rules: ReadonlySet<string>;
  readonly #clock: () => number;
  /** By pump and rule: the earliest of the alerts that came, and when the last did. */
  readonly #watched = new Map<string, { readonly pump: string; readonly from: number; readonly at: number }>();
  #told = new Map<string, readonly StoredRun[]>();
  #now = new Map<string, StoredRun[]>();

  /** `clock`: ms, never set back. */
  constructor(rules: readonly Rule[], clock: () => number) {
    this.#rules = new Set(rules.map(({ id }) => id));
    this.#clock = clock;
  }

  /** Alerts have come: what became of them is told too when it is over. */
  watch(runs: readonly NewRun[]): void {
    const at = this.#clock();
    for (const run of runs) {
      const key = keyOf(run);
      this.#watched.set(key, { pump: run.pump, from: Math.min(run.from, this.#watched.get(key)?.from ?? Infinity), at });
    }
  }

  /** The earliest alert that is watched of each pump: what was over before that need not be seen. */
  watchedFrom(): ReadonlyMap<string, number> {
    const earliest = new Map<string, number>();
    for (const { pump, from } of this.#watched.values()) earliest.set(pump, Math.min(from, earliest.get(pump) ?? Infinity));
    return earliest;
  }

  /** Takes what goes on at a pump, and what is over as far as it may be watched, in order of time. */
  see(pump: string, found: readonly ListedFacts[]): void {
    for (const { rule, from, to, readings, worst, cleared } of found) {
      const key = keyOf({ pump, rule });
      if (!this.#rules.has(rule) || worst === null || (cleared !== null && to < (this.#watched.get(key)?.from ?? Infinity))) continue;
      const runs = this.#now.get(key) ?? [];
      runs.push({ from, to, count: readings, worst, goesOn: cleared === null });
      this.#now.set(key, runs);
    }
  }

  /** All pumps were seen: what is other than the last time. */
  changed(): StoredRuns {
    const since = this.#clock() - WATCH_MS;
    for (const [key, { at }] of this.#watched) if (at < since) this.#watched.delete(key);
    const now = new Map([...this.#now].map(([key, runs]) => [key, runs.slice(-MOST_TOLD)]));
    const keys = new Set([...now.keys(), ...this.#told.keys()]);
    const changed = [...keys].filter((key) => !isDeepStrictEqual(now.get(key), this.#told.get(key)));
    this.#told = now;
    this.#now = new Map();
    return Object.fromEntries(changed.map((key) => [key, now.get(key) ?? []]));
  }
}
