import { addExactly, type ExactSum, mergeExactly, roundExact, ZERO } from './exactSum.ts';

/** Count, minimum, maximum and exact sum of numbers: the same to the bit in whatever order and grouping they came. */
export interface Statistics {
  readonly count: number;
  /** Infinity when there is none. */
  readonly min: number;
  /** -Infinity when there is none. */
  readonly max: number;
  readonly sum: ExactSum;
}

/** Of no number. */
export const NO_STATISTICS: Statistics = { count: 0, min: Infinity, max: -Infinity, sum: ZERO };

/** With another, finite number. */
export function addTo({ count, min, max, sum }: Statistics, value: number): Statistics {
  return { count: count + 1, min: Math.min(min, value), max: Math.max(max, value), sum: addExactly(sum, value) };
}

/** Of one number: what `reduceByKeyAndWindow(mergeStatistics, …)` takes. */
export function statisticsOf(value: number): Statistics {
  return addTo(NO_STATISTICS, value);
}

/** Of the numbers of both. */
export function mergeStatistics(a: Statistics, b: Statistics): Statistics {
  return { count: a.count + b.count, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), sum: mergeExactly(a.sum, b.sum) };
}

/** The mean: exact sum, rounded, divided by the count; NaN of no number. */
export function meanOf({ sum, count }: Statistics): number {
  return roundExact(sum) / count;
}
