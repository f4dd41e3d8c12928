import type { Alert } from './alert.ts';
import { worseOf } from './rule.ts';

/** Alerts of one rule in readings of a pump that follow each other. */
export interface CountedRun {
  readonly first: Alert;
  readonly last: Alert;
  readonly count: number;
  /** The value farthest from the threshold. */
  readonly worst: number;
  /** How many of the readings that were counted there were up to the first and up to the last alert. */
  readonly begunAt: number;
  readonly upTo: number;
}

type Growing = { -readonly [Key in keyof CountedRun]: CountedRun[Key] };

/** Folds a pump's alerts into runs: a reading without an alert of the rule ends a run, a gap in the data does not. */
export class RunFold {
  /** In order of beginning; who has taken some away is told of them no more. */
  readonly runs: CountedRun[] = [];
  readonly #open = new Map<string, Growing>();

  /** Takes the next alert in order of time, and how many readings there were up to it. */
  add(alert: Alert, upTo: number): void {
    const run = this.#open.get(alert.rule);
    if (run && upTo - run.upTo <= 1) {
      Object.assign(run, { last: alert, count: run.count + 1, worst: worseOf(alert.comparison, run.worst, alert.value), upTo });
      return;
    }
    const begun: Growing = { first: alert, last: alert, count: 1, worst: alert.value, begunAt: upTo, upTo };
    this.#open.set(alert.rule, begun);
    this.runs.push(begun);
  }

  /** Whether the next alert of its rule may go on with a run. */
  isOpen(run: CountedRun): boolean {
    return this.#open.get(run.first.rule) === run;
  }
}
