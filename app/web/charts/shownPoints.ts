import type { Measure } from '../../../domain/reading/measures.ts';
import type { DrawnBand } from '../../charts/valueScale.ts';
import type { Curves } from '../../http/schemas/curves.ts';
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
  return [...time.keys()].filter(
    (index) => time[index] >= from && time[index] <= to && measures.some((measure) => (curves[measure]?.min[index] ?? null) !== null),
  );
}

/** Several bands, one after the other. */
export function joinedBand(bands: readonly DrawnBand[]): DrawnBand {
  return bands.length === 1 ? bands[0] : { min: bands.flatMap(({ min }) => [...min, null]), max: bands.flatMap(({ max }) => [...max, null]) };
}

/** The entries of a band within a view. */
export function bandWithin(time: readonly number[], { min, max }: DrawnBand, { from, to }: View): DrawnBand {
  const seen = (_: unknown, index: number) => time[index] >= from && time[index] <= to;
  return { min: min.filter(seen), max: max.filter(seen) };
}

/** The lowest and the highest value of a band within a view; undefined where there is none. */
export function extremes(time: readonly number[], { min, max }: DrawnBand, { from, to }: View): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  time.forEach((at, index) => {
    if (at < from || at > to) return;
    low = Math.min(low, min[index] ?? Infinity);
    high = Math.max(high, max[index] ?? -Infinity);
  });
  return low <= high ? [low, high] : undefined;
}
