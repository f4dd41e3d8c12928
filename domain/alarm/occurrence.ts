import type { Measure } from '../reading/measures.ts';
import type { Alert } from './alert.ts';
import { type Comparison, worseOf } from './rule.ts';

/**
 * What belongs together: alerts of one pump and rule whose readings follow each other. A reading of the pump that does
 * not break the rule ends it, a gap in the data does not. Terminal and live stream tell of these while rows come; what is stored
 * is told as alarms.
 *
 *   psi, limit 5:    80   3   0   4   80        2   80
 *   occurrences:          └───┬───┘             ┴
 *                         count 3, worst 0      count 1, worst 2
 */
export interface Occurrence {
  readonly pump: string;
  readonly rule: string;
  readonly measure: Measure;
  readonly comparison: Comparison;
  /** As it was in force for the first reading. */
  readonly threshold: number;
  /** Wall times of the first and the last of its readings. */
  readonly from: number;
  readonly to: number;
  /** How many readings it has. */
  readonly count: number;
  /** The value farthest from the threshold. */
  readonly worst: number;
  /** The value of the last reading. */
  readonly lastValue: number;
  /** When the last reading came: ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
  /** Its last reading is the last that was looked at: it goes on, as far as these readings tell. */
  readonly active: boolean;
}

/** An occurrence in a piece of a pump's readings, which may be a part of a longer one. */
export interface OccurrencePart extends Occurrence {
  /** Its first reading is the first of the piece: it may have begun before. */
  readonly fromStart: boolean;
}

/** Folds a pump's alerts into occurrences. Alerts come in order of time. */
export class OccurrenceFold {
  /** In order of beginning. */
  readonly #begun: Growing[] = [];
  /** The last one of each rule: the next alert may go on with it. */
  readonly #newest = new Map<string, Growing>();

  /** Takes the next alert. `upTo` says how many readings there are up to its own, that one included. */
  add(alert: Alert, upTo: number): void {
    const newest = this.#newest.get(alert.rule);
    if (newest && upTo - newest.upTo <= 1) {
      newest.last = alert;
      newest.count++;
      newest.worst = worseOf(newest.first.comparison, newest.worst, alert.value);
      newest.upTo = upTo;
      return;
    }
    const begun: Growing = { first: alert, last: alert, count: 1, worst: alert.value, begunAt: upTo, upTo };
    this.#newest.set(alert.rule, begun);
    this.#begun.push(begun);
  }

  /** Hands over all that are left; there are so many readings in all, and no more alerts. */
  end(readings: number): OccurrencePart[] {
    this.#newest.clear();
    return this.#begun.splice(0).map((one) => partOf(one, readings));
  }
}

/** One occurrence of two parts, of which the second follows the first. */
export function continued(first: Occurrence, { to, count, worst, lastValue, receivedAt, active }: Occurrence): Occurrence {
  return {
    ...first, to, lastValue, receivedAt, active,
    count: first.count + count,
    worst: worseOf(first.comparison, first.worst, worst),
  };
}

interface Growing {
  readonly first: Alert;
  last: Alert;
  count: number;
  worst: number;
  /** How many readings there were up to the first and up to the last alert. */
  readonly begunAt: number;
  upTo: number;
}

function partOf({ first, last, count, worst, begunAt, upTo }: Growing, readings: number): OccurrencePart {
  const { pump, rule, measure, comparison, threshold, time } = first;
  return {
    pump, rule, measure, comparison, threshold, from: time, to: last.time, count, worst,
    lastValue: last.value, receivedAt: last.receivedAt, fromStart: begunAt <= 1, active: upTo === readings,
  };
}
