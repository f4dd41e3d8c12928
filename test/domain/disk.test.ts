import { describe, expect, test } from 'vitest';
import { diskText, forecastText, isSoonFull } from '../../domain/disk/diskText.ts';
import type { DiskDay } from '../../domain/disk/diskUse.ts';
import { diskUseOf } from '../../domain/disk/forecast.ts';
import { formatDay, parseDay } from '../../domain/reading/wallClock.ts';

const FIRST = parseDay('2026-11-01')!;
const GB = 1e9;

/** A day for each size of the table; `others` is what somebody else has on the disk. */
function days(sizes: readonly (number | undefined)[], others: readonly number[] = []): DiskDay[] {
  return sizes.flatMap((table, i) => table === undefined ? [] : [{
    date: formatDay(FIRST + i), at: (FIRST + i) * 86_400_000 + 43_200_000,
    parts: { table, journal: 0, inbox: 0, parquet: 0, other: 0 }, used: table + (others[i] ?? 0), total: 100 * GB,
  }]);
}

const use = (known: DiskDay[], free = 10 * GB, limit = Infinity) => diskUseOf(known, { free, limit });

describe('when the disk is full', () => {
  test.each([
    ['one day', [GB]],
    ['three days', [GB, 2 * GB, 3 * GB]],
  ])('can\'t be told from %s', (_name, sizes) => {
    const told = use(days(sizes));
    expect(told.forecast).toEqual({ state: 'unknown', knownDays: sizes.length, neededDays: 4 });
    expect(forecastText(told)).toMatch(/^when it is full can't be told yet: (1 day is|3 days are) known, 4 are needed$/);
    expect(isSoonFull(told, 365)).toBe(false);
  });

  test('follows from the pace of the days that are known, also where some are missing', () => {
    for (const sizes of [[1, 2, 3, 4], [1, undefined, 3, 4, undefined, 6]])
      expect(use(days(sizes.map((size) => size && size * GB)), 10 * GB).forecast).toMatchObject({ state: 'full', of: 'disk', perDay: GB, days: 10 });
    expect(forecastText(use(days([1, 2, 3, 4].map((size) => size * GB))))).toBe('the disk is full in about 10 days, on 2026-11-14, at 1.0 GB a day');
  });

  test('is not moved by one large import, nor by a folder that somebody emptied', () => {
    expect(use(days([1, 2, 3, 4, 54, 55, 56, 57, 58].map((size) => size * GB))).forecast).toMatchObject({ perDay: GB });
    expect(use(days([50, 51, 52, 53, 3, 4, 5, 6, 7].map((size) => size * GB))).forecast).toMatchObject({ perDay: GB });
  });

  test('what others write to the same disk fills it too, but not our limit', () => {
    const known = days([1, 2, 3, 4].map((size) => size * GB), [0, 4, 8, 12].map((size) => size * GB));
    expect(use(known, 10 * GB).forecast).toMatchObject({ of: 'disk', perDay: 5 * GB, days: 2 });
    expect(use(known, 10 * GB, 5 * GB).forecast).toMatchObject({ of: 'limit', perDay: GB, days: 1 });
    expect(forecastText(use(known, 100 * GB, 5 * GB))).toBe('limits.disk is reached in about 24 hours, on 2026-11-05, at 1.0 GB a day');
  });

  test('what others had on a disk of another size counts no longer', () => {
    const [first, ...rest] = days([1, 2, 3, 4, 5].map((size) => size * GB), [0, 4, 8, 12, 16].map((size) => size * GB));
    const moved = [first, ...rest].map((day, i) => ({ ...day, total: i < 3 ? 50 * GB : 100 * GB }));
    expect(use(moved).forecast).toMatchObject({ perDay: GB });
  });

  test('is never where nothing grows, and long from now where little does', () => {
    expect(forecastText(use(days([GB, GB, GB, GB])))).toBe('not growing');
    expect(forecastText(use(days([GB, GB + 1e5, GB + 2e5, GB + 3e5])))).toBe('the disk is full in more than ten years, at 100 kB a day');
  });

  test('is now, without a forecast', () => {
    expect(forecastText(use(days([GB]), 0))).toBe('full');
    expect([forecastText(use(days([GB]), GB, GB)), isSoonFull(use(days([GB]), GB, GB), 1)]).toEqual(['above limits.disk', true]);
  });
});

test('each day says what it added where the day before is known', () => {
  expect(use(days([GB, 3 * GB, undefined, 4 * GB, GB])).days).toEqual([
    { date: '2026-11-01', bytes: GB, added: null }, { date: '2026-11-02', bytes: 3 * GB, added: 2 * GB },
    { date: '2026-11-04', bytes: 4 * GB, added: null }, { date: '2026-11-05', bytes: GB, added: -3 * GB },
  ]);
  expect(diskText(use(days([GB]), 10 * GB, 2 * GB))).toBe('1.0 GB of 2.0 GB (limits.disk) on disk (table 1.0 GB), 10.0 GB free');
});
