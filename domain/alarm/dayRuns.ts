import type { Alert } from './alert.ts';
import { comparisonOf, worseOf } from './rule.ts';
import type { Measure } from '../reading/measures.ts';
import { RunFold } from './runFold.ts';

/** A run of alerts as it is stored: see `Run`. */
export interface StoredRun {
  readonly pump: string;
  readonly rule: string;
  readonly measure: Measure;
  readonly threshold: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly worst: number;
  readonly receivedAt: number;
}

/** The part of a run that lies in one day. */
export interface DayRun extends StoredRun {
  /** No reading of the day is before its first, or after its last: it may go on in the days beside. */
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/**
 * Folds a day's alerts into runs. Readings come in order, piece by piece. Alerts later than all of them, whose readings came meanwhile, go on with their runs.
 */
export class DayFold {
  readonly #alerts: readonly Alert[];
  readonly #fold = new RunFold();
  #next = 0;
  #readings = 0;

  /** `alerts` of one pump and day, in order of time. */
  constructor(alerts: readonly Alert[]) {
    this.#alerts = alerts;
  }

  /** Takes the times of the next readings. */
  take(time: Float64Array, length: number): void {
    const alerts = this.#alerts;
    for (let row = 0; row < length; row++) {
      while (this.#next < alerts.length && alerts[this.#next].time < time[row]) this.#fold.add(alerts[this.#next++], this.#readings);
      this.#readings++;
    }
  }

  /** The day's runs in order of beginning; there are no more readings. */
  end(): DayRun[] {
    while (this.#next < this.#alerts.length) this.#fold.add(this.#alerts[this.#next++], this.#readings);
    return this.#fold.runs.map(({ first, last, count, worst, begunAt, upTo }) => ({
      pump: first.pump, rule: first.rule, measure: first.measure, threshold: first.threshold,
      from: first.time, to: last.time, count, worst, receivedAt: last.receivedAt,
      fromStart: begunAt <= 1, toEnd: upTo === this.#readings,
    }));
  }
}

/** A run, and whether its last reading is the last of the pump. */
export type StitchedRun = StoredRun & { readonly active: boolean };

/** A pump-day's runs. */
export interface DayOfRuns {
  readonly day: number;
  readonly runs: readonly DayRun[];
}

/**
 * A pump's runs in order of beginning, out of those of its days. `before` gives the day with readings before a day: a
 * day with readings and without alerts ends all runs, one without readings ends none. `last` is the last day with readings.
 */
export function stitch(days: readonly DayOfRuns[], before: (day: number) => number | undefined, last: number): StitchedRun[] {
  const runs: Stitching[] = [];
  let open = new Map<string, Stitching>();
  let previous: number | undefined;
  for (const { day, runs: parts } of days) {
    const going = previous !== undefined && before(day) === previous ? open : new Map<string, Stitching>();
    open = new Map();
    for (const { fromStart, toEnd, ...part } of parts) {
      const begun = fromStart ? going.get(part.rule) : undefined;
      const run = begun ? extended(begun, part) : { ...part, active: false };
      if (!begun) runs.push(run);
      if (toEnd) open.set(part.rule, run);
    }
    previous = day;
  }
  if (previous === last) for (const run of open.values()) run.active = true;
  return runs;
}

type Stitching = { -readonly [Key in keyof StitchedRun]: StitchedRun[Key] };

function extended(run: Stitching, { to, count, worst, receivedAt, threshold }: StoredRun): Stitching {
  return Object.assign(run, { to, receivedAt, count: run.count + count, worst: worseOf(comparisonOf(worst, threshold), run.worst, worst) });
}
