import { isDeepStrictEqual } from 'node:util';
import type { NewRun } from '../../domain/alarm/alertRun.ts';
import { keyOf, type StoredRun, type StoredRuns } from '../../domain/alarm/liveRuns.ts';
import { MOST_TOLD } from '../../domain/alarm/newRuns.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import type { Turns } from '../../query/turns.ts';

/** What became of alerts is told for so long, ms. */
const WATCH_MS = 60_000;

/** What the alarms of stored readings are, and what may become one, for whoever tells of alerts: only what has changed, by pump and rule. */
export class StoredRunNews {
  readonly #index: Pick<AlarmIndex, 'pumps' | 'alarmsOf' | 'pendingOf'>;
  /** Rules whose readings are alerts. */
  readonly #rules: ReadonlySet<string>;
  readonly #clock: () => number;
  /** By pump and rule: the earliest of the alerts that came, and when the last did. */
  readonly #watched = new Map<string, { readonly pump: string; readonly from: number; readonly at: number }>();
  #told = new Map<string, readonly StoredRun[]>();

  /** `clock`: ms, never set back. */
  constructor(index: Pick<AlarmIndex, 'pumps' | 'alarmsOf' | 'pendingOf'>, rules: readonly Rule[], clock: () => number) {
    this.#index = index;
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

  /** What is other than the last time, by the index as it is; between two turns others may be heard. */
  async changed(turns: Turns): Promise<StoredRuns> {
    const since = this.#clock() - WATCH_MS;
    for (const [key, { at }] of this.#watched) if (at < since) this.#watched.delete(key);
    const now = await this.#now(turns);
    const keys = new Set([...now.keys(), ...this.#told.keys()]);
    const changed = [...keys].filter((key) => !isDeepStrictEqual(now.get(key), this.#told.get(key)));
    this.#told = now;
    return Object.fromEntries(changed.map((key) => [key, now.get(key) ?? []]));
  }

  /** The earliest alert that is watched of each pump. */
  #watchedFrom(): Map<string, number> {
    const earliest = new Map<string, number>();
    for (const { pump, from } of this.#watched.values()) earliest.set(pump, Math.min(from, earliest.get(pump) ?? Infinity));
    return earliest;
  }

  async #now(turns: Turns): Promise<Map<string, readonly StoredRun[]>> {
    const byKey = new Map<string, StoredRun[]>();
    const watchedFrom = this.#watchedFrom();
    for (const pump of this.#index.pumps) {
      await turns.next();
      const endedFrom = watchedFrom.get(pump) ?? Infinity;
      for (const { rule, from, to, readings, worst, cleared } of [...this.#index.alarmsOf(pump, { endedFrom }), ...this.#index.pendingOf(pump)]) {
        const key = keyOf({ pump, rule });
        if (!this.#rules.has(rule) || worst === null || (cleared !== null && to < (this.#watched.get(key)?.from ?? Infinity))) continue;
        const runs = byKey.get(key) ?? [];
        runs.push({ from, to, count: readings, worst, goesOn: cleared === null });
        byKey.set(key, runs);
      }
    }
    for (const [key, runs] of byKey) byKey.set(key, runs.slice(-MOST_TOLD));
    return byKey;
  }
}
