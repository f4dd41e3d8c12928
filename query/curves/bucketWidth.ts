import { DAY_MS } from '../../domain/reading/wallClock.ts';

const SECOND = 1000;
export const MINUTE_MS = 60 * SECOND;
export const HOUR_MS = 60 * MINUTE_MS;

/** Each divides a day, and those from a minute on are multiples of a minute, those from an hour on of an hour. */
const WIDTHS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
];
const DAYS = [1, 2, 5];
/** At the narrowest two: every width has a boundary at 0, which a range may lie across. */
const LEAST_POINTS = 2;

/**
 * The narrowest bucket, of a width that people count in, of which at most `points` touch the half-open range. Buckets
 * begin at multiples of their width.
 */
export function bucketWidth({ from, to }: { readonly from: number; readonly to: number }, points: number): number {
  const suits = (width: number) => bucketsOf({ from, to }, width) <= Math.max(points, LEAST_POINTS);
  let width = WIDTHS.find(suits);
  for (let decade = 1; width === undefined; decade *= 10) width = DAYS.map((days) => days * decade * DAY_MS).find(suits);
  return width;
}

/** How many buckets of a width touch a half-open range. */
export function bucketsOf({ from, to }: { readonly from: number; readonly to: number }, width: number): number {
  return Math.max(0, Math.ceil(to / width) - Math.floor(from / width));
}
