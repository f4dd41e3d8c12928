import { describe, expect, test } from 'vitest';
import { dayOf } from '../../../domain/reading/wallClock.ts';
import { mergePumpDays, pumpDayKey, pumpDayOf, summarizeStep } from '../../../ingest/pumpState/stepSummary.ts';
import { addTo, meanOf, NO_STATISTICS } from '../../../domain/statistics/statistics.ts';
import fc from '../../support/property.ts';
import { row, stepOf, time } from '../../support/steps.ts';

const HOUR = 3_600_000;

interface Before {
  readonly duplicates?: readonly number[];
  readonly latenessMs?: number;
  readonly newest?: Readonly<Record<string, number>>;
}

const summarize = (rows: Parameters<typeof stepOf>[0], { duplicates = [], latenessMs = HOUR, newest = {} }: Before = {}) => {
  const { readings, breaches } = stepOf(rows);
  const { pumpDays, pumps } = summarizeStep({
    readings, breaches, latenessMs,
    duplicates: Uint8Array.from(rows, (_, i) => Number(duplicates.includes(i))),
    newestOf: (pump) => newest[pump] ?? -Infinity,
  });
  return { pumps, pumpDays: Object.fromEntries(pumpDays.keys.map((key, i) => [key, pumpDays.values[i]])) };
};

test('count, min, max and sum by pump and date, and of each pump its rows, alerts, late rows and last reading', () => {
  const { pumps, pumpDays } = summarize([
    row('COHUTTA', '2014-03-10T23:59', 85),
    row('LAGNAPPE', '2014-03-10T01:00', 0),
    row('COHUTTA', '2014-03-11T00:00', 87),
    row('COHUTTA', '2014-03-10T12:00', 4.5),
  ]);
  expect(pumpDays).toEqual({
    [pumpDayKey('COHUTTA', 16139)]: { psi: { count: 2, min: 4.5, max: 85, sum: [89.5] }, alerts: 1 },
    [pumpDayKey('LAGNAPPE', 16139)]: { psi: { count: 1, min: 0, max: 0, sum: [0] }, alerts: 1 },
    [pumpDayKey('COHUTTA', 16140)]: { psi: { count: 1, min: 87, max: 87, sum: [87] }, alerts: 0 },
  });
  expect(pumps).toEqual([
    { pump: 'COHUTTA', rows: 3, alerts: 1, late: 1, last: { time: time('2014-03-11T00:00'), psi: 87 } },
    { pump: 'LAGNAPPE', rows: 1, alerts: 1, late: 0, last: { time: time('2014-03-10T01:00'), psi: 0 } },
  ]);
});

test('a duplicate is in nothing, not even the alerts; a pump that has only those is left out', () => {
  const { pumps, pumpDays } = summarize(
    [row('A', '2014-03-10T01:00', 0), row('A', '2014-03-10T01:01', 85), row('B', '2014-03-10T01:00', 1)],
    { duplicates: [0, 2] },
  );
  expect(pumps).toEqual([{ pump: 'A', rows: 1, alerts: 0, late: 0, last: { time: time('2014-03-10T01:01'), psi: 85 } }]);
  expect(Object.keys(pumpDays)).toEqual([pumpDayKey('A', 16139)]);
});

test('of two readings of one time the later receipt is the last reading', () => {
  expect(
    summarize([row('A', '2014-03-10T01:01', 85), row('A', '2014-03-10T01:00', 9), row('A', '2014-03-10T01:01', 86)]).pumps[0].last?.psi,
  ).toBe(86);
});

describe('a late row', () => {
  const lateIn = (...given: Parameters<typeof summarize>) =>
    Object.fromEntries(summarize(...given).pumps.map(({ pump, late }) => [pump, late]));

  test('is before the newest reading of its pump so far by more than the lateness, not by all of it', () => {
    expect(lateIn([row('A', '2014-03-10T03:00'), row('A', '2014-03-10T02:00'), row('A', '2014-03-10T01:59')])).toEqual({ A: 1 });
    expect(lateIn([row('A', '2014-03-10T03:00'), row('A', '2014-03-10T02:59')], { latenessMs: 0 })).toEqual({ A: 1 });
  });

  test('is so by what came before it, in the step and before that, and not by what comes after', () => {
    expect(lateIn([row('A', '2014-03-10T01:00'), row('A', '2014-03-10T03:00')])).toEqual({ A: 0 });
    expect(lateIn([row('A', '2014-03-10T01:00'), row('A', '2014-03-10T03:00')], { newest: { A: time('2014-03-10T02:30') } })).toEqual({
      A: 1,
    });
  });

  test('is so by its own pump alone', () => {
    expect(lateIn([row('A', '2014-03-12T01:00'), row('B', '2014-03-10T01:00')], { newest: { C: time('2014-03-15') } })).toEqual({
      A: 0,
      B: 0,
    });
  });

  test('leaves the last reading as it is; a duplicate is not late and moves nothing', () => {
    const newest = { A: time('2014-03-10T02:30') };
    expect(summarize([row('A', '2014-03-10T01:00')], { newest }).pumps).toEqual([
      { pump: 'A', rows: 1, alerts: 0, late: 1, last: undefined },
    ]);
    expect(
      lateIn([row('A', '2014-03-10T05:00'), row('A', '2014-03-10T02:00'), row('A', '2014-03-10T01:00')], { newest, duplicates: [0, 2] }),
    ).toEqual({ A: 0 });
  });
});

test('a pump id may hold colons', () => {
  expect(pumpDayOf(pumpDayKey('a:1:b', -5))).toEqual({ pump: 'a:1:b', day: -5 });
});

test('whatever the numbers and however they are cut into steps, the mean is that of the exact sum', () => {
  const psi = fc.oneof(
    fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
    fc.integer({ min: -100, max: 100 }),
    fc.constantFrom(1e16, -1e16, 2 ** 53, 1e-300, -0),
  );
  fc.assert(fc.property(fc.array(psi, { minLength: 1, maxLength: 40 }), fc.nat(40), (values, cut) => {
    const rows = values.map((value, i) => row('A', `2014-03-10T01:${String(i).padStart(2, '0')}`, value));
    const parts = [rows.slice(0, cut), rows.slice(cut)]
      .filter((part) => part.length > 0)
      .map((part) => Object.values(summarize(part).pumpDays)[0]);
    const whole = parts.reduce(mergePumpDays);
    const expected = values.map((value) => value + 0).reduce(addTo, NO_STATISTICS);
    expect(meanOf(whole.psi)).toBe(meanOf(expected));
    expect([whole.psi.count, whole.psi.min, whole.psi.max]).toEqual([expected.count, expected.min, expected.max]);
  }), { numRuns: 500 });
});

test('many pumps and days in any order are kept apart', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 8, max: 12 }), fc.integer({ min: 0, max: 90 })), {
        maxLength: 60,
      }),
      (items) => {
        const rows = items.map(([pump, day, value], i) =>
          row(pump, `2014-03-${String(day).padStart(2, '0')}T01:${String(i).padStart(2, '0')}`, value),
        );
        const counts: Record<string, number> = {};
        for (const { pump, time: at } of rows) counts[pumpDayKey(pump, dayOf(at))] = (counts[pumpDayKey(pump, dayOf(at))] ?? 0) + 1;
        expect(Object.fromEntries(Object.entries(summarize(rows).pumpDays).map(([key, { psi }]) => [key, psi.count]))).toEqual(counts);
      },
    ),
    { numRuns: 100 },
  );
});
