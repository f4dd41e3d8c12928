import type { Measure } from '../../../domain/measures.ts';
import type { Band, Curves } from '../../http/schemas/curves.ts';
import { fixed, MEASURE_TEXT } from '../format.ts';
import type { View } from './view.ts';

/** The index of the entry nearest to a time; undefined when there is none. */
export function nearest(time: readonly number[], at: number): number | undefined {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle] < at) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && (low === time.length || at - time[low - 1] <= time[low] - at)) low -= 1;
  return time.length === 0 ? undefined : low;
}

/** The entries of a view that are no gaps, as indices, rising. */
export function shownEntries({ time, ...curves }: Curves, measures: readonly Measure[], { from, to }: View): number[] {
  return [...time.keys()].filter((index) => time[index] >= from && time[index] <= to && measures.some((measure) => (curves[measure]?.min[index] ?? null) !== null));
}

/** What an entry of a band says: `85.2`, `75.0 – 100.0`, or `–` in a gap. */
export function entryText({ min, max }: Band, index: number, measure: Measure): string {
  const { digits } = MEASURE_TEXT[measure];
  const [low, high] = [fixed(min[index], digits), fixed(max[index], digits)];
  return low === high ? low : `${low} – ${high}`;
}

/** The lowest and the highest value of a band within a view; undefined where there is none. */
export function extremes(time: readonly number[], { min, max }: Band, { from, to }: View): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  time.forEach((at, index) => {
    if (at < from || at > to) return;
    low = Math.min(low, min[index] ?? Infinity);
    high = Math.max(high, max[index] ?? -Infinity);
  });
  return low <= high ? [low, high] : undefined;
}
