import { expect, test } from 'vitest';
import { recentRate } from '../../../app/run/recentRate.ts';
import { SHOWN_BATCHES } from '../../../app/run/statusFile.ts';
import { NO_COUNTS } from '../../../domain/balance.ts';

const AT = Date.parse('2026-11-21T10:00:00Z');

/** A status of `AT` with batches of some rows, each so many seconds before. */
function status(batches: readonly (readonly [secondsAgo: number, rows: number])[], runsFor = 3600): Parameters<typeof recentRate>[0] {
  return {
    startedAt: new Date(AT - runsFor * 1000).toISOString(),
    at: new Date(AT).toISOString(),
    batches: batches.map(([ago, rows]) => ({
      time: AT - ago * 1000,
      steps: 1,
      rows: { directory: 0, mqtt: rows },
      counts: NO_COUNTS,
      late: 0,
      schedulingDelay: 0,
      processingTime: 0,
      totalDelay: 0,
      outputs: [],
      error: null,
    })),
  };
}

test('a steady load is what it is', () => {
  expect(recentRate(status(Array.from({ length: SHOWN_BATCHES }, (_, i) => [2 * (SHOWN_BATCHES - i), 200])), 2000)).toBe(100);
});

test('a burst that is over for half a minute counts no longer', () => {
  expect(recentRate(status([[60, 1e6], [58, 1e6]]), 2000)).toBe(0);
  expect(recentRate(status([[60, 1e6], [10, 30]]), 2000)).toBe(1);
});

test('a job that has just begun is not thinned out over time before it', () => {
  expect(recentRate(status([[4, 400], [2, 400]], 4), 2000)).toBe(200);
});

test('before the first batch it is 0', () => {
  expect(recentRate(status([], 0.5), 2000)).toBe(0);
});

test('with short batches it looks back as far as batches are kept', () => {
  expect(recentRate(status(Array.from({ length: SHOWN_BATCHES }, (_, i) => [0.1 * (SHOWN_BATCHES - i), 10])), 100)).toBeCloseTo(100);
});

test('a batch longer than half a minute counts whole', () => {
  expect(recentRate(status([[120, 9000], [60, 6000]]), 60_000)).toBe(100);
});
