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
  const before: number[] = [];
  for (let i = 0; i < medians.length; i++) if (medians[i][0] >= from && medians[i][0] < to) before.push(medians[i][1]);
  if (before.length < LEAST_MEDIANS) return null;
  const median = medianOf(before);
  for (let i = 0; i < before.length; i++) before[i] = Math.abs(before[i] - median);
  return { median, reach: factor * MAD_SCALE * medianOf(before) };
}

/** The median of values, which it puts in another order; there is at least one. Of an even number the mean of the two in the middle. */
export function medianOf(values: number[]): number {
  const middle = values.length >> 1;
  const upper = selected(values, middle);
  if (values.length % 2 === 1) return upper;
  let lower = values[0];
  for (let i = 1; i < middle; i++) if (values[i] > lower) lower = values[i];
  return (lower + upper) / 2;
}

/**
 * The value that would stand at `k` if they were sorted; those before it are not greater afterwards. Hoare's selection: a sort of
 * the readings of each hour was a third of the time of folding them.
 */
function selected(values: number[], k: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[k];
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (pivot < values[j]) j--;
      if (i > j) break;
      const value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    if (j < k) low = i;
    if (k < i) high = j;
  }
  return values[k];
}
