import { DAY_MS } from '../../reading/wallClock.ts';
import type { Condition } from './alarmRule.ts';

/** The median of a span of time: when that began, and the value. */
export type Median = readonly [start: number, value: number];

/** What is usual at a pump on a day, fixed when the day begins: a band that can be drawn. */
export interface Baseline {
  readonly median: number;
  /** How far a median may be away from that. */
  readonly reach: number;
}

/** So many medians are needed to say what is usual. */
export const LEAST_MEDIANS = 20;

/** Makes the median absolute deviation of normally distributed values their standard deviation. */
const MAD_SCALE = 1.4826;

/**
 * What is usual on a day, of the medians of the `days` before it; null when there are too few. A median is beyond it when
 * it is farther from `median` than `reach`.
 */
export function baselineOf(medians: readonly Median[], day: number, { days, factor }: Condition & { kind: 'deviates' }): Baseline | null {
  const [from, to] = [(day - days) * DAY_MS, day * DAY_MS];
  const before = medians.filter(([start]) => start >= from && start < to).map(([, value]) => value);
  if (before.length < LEAST_MEDIANS) return null;
  const median = medianOf(before);
  return { median, reach: factor * MAD_SCALE * medianOf(before.map((value) => Math.abs(value - median))) };
}

/** The median of values; there is at least one. Of an even number the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = new Float64Array(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
