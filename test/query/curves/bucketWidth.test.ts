import { expect, test } from 'vitest';
import { MAX_TIME, MIN_TIME } from '../../../domain/reading/wallClock.ts';
import { bucketsOf, bucketWidth, HOUR_MS, MINUTE_MS } from '../../../query/curves/bucketWidth.ts';
import fc from '../../support/property.ts';

const DAY_MS = 24 * HOUR_MS;

test.each([
  [1000, 1],
  [60_000, 100],
  [DAY_MS, 1440],
  [30 * DAY_MS, 30],
])('a range of %i ms fits in %i buckets when it begins with one', (length, points) => {
  const range = { from: 5 * DAY_MS, to: 5 * DAY_MS + length };
  expect(bucketsOf(range, bucketWidth(range, points))).toBeLessThanOrEqual(Math.max(2, points));
});

test('a whole millennium fits, and what is in one bucket only', () => {
  expect(bucketWidth({ from: MIN_TIME, to: MAX_TIME }, 10)).toBe(500_000 * DAY_MS);
  expect(bucketWidth({ from: -1, to: 1 }, 1)).toBe(1000);
});

test('buckets are never more than asked for, and made of whole hours, minutes or seconds', () => {
  const time = fc.integer({ min: MIN_TIME, max: MAX_TIME });
  fc.assert(fc.property(time, fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 10, max: 5000 }), (from, length, points) => {
    const range = { from, to: from + length };
    const width = bucketWidth(range, points);
    expect(bucketsOf(range, width)).toBeLessThanOrEqual(points);
    const unit = width < MINUTE_MS ? 1000 : width < HOUR_MS ? MINUTE_MS : HOUR_MS;
    expect(width % unit).toBe(0);
    if (width < DAY_MS) expect(DAY_MS % width).toBe(0);
  }));
});
