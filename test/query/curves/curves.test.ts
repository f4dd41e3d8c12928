import { describe, expect, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { DAY_MS } from '../../../domain/reading/wallClock.ts';
import type { CurveData } from '../../../query/curves/curveData.ts';
import fc from '../../support/property.ts';
import type { Row } from '../../support/steps.ts';
import { asked, type Asked, reading, START } from '../../support/queries.ts';

const HOUR = 3_600_000;

async function rowsOf({ table }: Asked, pump: string, from: number, to: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { length, time, values } of table.readings(pump, { from, to })) {
    for (let i = 0; i < length; i++) rows.push({ pump, time: time[i], receivedAt: 0, values: values.map((column) => column[i]) });
  }
  return rows;
}

/** The plain way: rows by bucket, minima and maxima by comparing. */
function plain(rows: readonly Row[], bucketMs: number) {
  const buckets = new Map<number, Row[]>();
  for (const row of rows) {
    const begins = bucketMs === 0 ? row.time : Math.floor(row.time / bucketMs) * bucketMs;
    buckets.set(begins, [...(buckets.get(begins) ?? []), row]);
  }
  return [...buckets].map(([time, inside]) => [
    time,
    ...MEASURES.flatMap((_, c) => [Math.min(...inside.map(({ values }) => values[c])), Math.max(...inside.map(({ values }) => values[c]))]),
  ]);
}

/** The entries that are no gaps, in the same form. */
function entries(data: CurveData) {
  const columns = MEASURES.flatMap((measure) => [data[measure]!.min, data[measure]!.max]);
  return data.time.map((time, i) => [time, ...columns.map((column) => column[i])]).filter((entry) => entry[1] !== null);
}

const psiOf = ({ values }: Row) => values[MEASURES.indexOf('psi')];
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const ends = (values: readonly number[]) => values.length === 0 ? [undefined, undefined] : [Math.min(...values), Math.max(...values)];

/** Each bucket has the mean of the readings in it. */
function expectMeans({ time, bucketMs, psi }: CurveData, rows: readonly Row[]): void {
  time.forEach((begins, i) => {
    const inside = rows.filter((row) => Math.floor(row.time / bucketMs) * bucketMs === begins).map(psiOf);
    if (psi?.min[i] !== null) expect(psi?.avg?.[i]).toBeCloseTo(meanOf(inside), 6);
  });
}

function gaps(data: CurveData): number[] {
  return data.time.filter((_, i) => data.psi?.min[i] === null);
}

/** Stretches of readings at some cadence, which begin at any time within a week. */
const stretches = fc
  .array(
    fc.record({
      begins: fc.integer({ min: 0, max: 7 * 24 * 3600 }),
      cadence: fc.constantFrom(1, 7, 60, 90, 600),
      count: fc.integer({ min: 1, max: 400 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.flatMap(({ begins, cadence, count, seed }) =>
      Array.from({ length: count }, (_, i): Row => ({
        pump: 'A',
        time: START + (begins + i * cadence) * 1000,
        receivedAt: 0,
        values: MEASURES.map((_, c) => ((seed * (i + 1) * (c + 3)) % 1009) / 4 - 50),
      })),
    ),
  );
const moment = fc.integer({ min: -3600, max: 8 * 24 * 3600 }).map((second) => START + second * 1000 + 250);
const ranges = fc.tuple(moment, moment).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }));

test('each bucket has the minimum, the maximum and the mean of the readings in it, whatever the range, first and again', async () => {
  await fc.assert(
    fc.asyncProperty(
      stretches,
      fc.array(ranges, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(10, 40, 500),
      stretches,
      async (rows, asking, points, more) => {
        const site = await asked();
        await site.write(rows);
        for (const round of [1, 2, 3]) {
          if (round === 3) await site.write(more);
          for (const range of asking) {
            const data = await site.queries.curves({ pump: 'A', ...range, points, measures: MEASURES });
            const inside = await rowsOf(site, 'A', range.from, range.to);
            expect(data).toMatchObject({ pump: 'A', ...range, rows: inside.length });
            expect(data.bucketMs === 0).toBe(inside.length <= points);
            expect(entries(data)).toEqual(plain(inside, data.bucketMs));
            if (data.bucketMs > 0) expectMeans(data, inside);
            const { rows: counted, measures: [figures] } = await site.queries.figures({ pump: 'A', ...range, measures: ['psi'] });
            expect([counted, figures?.min, figures?.max]).toEqual([inside.length, ...ends(inside.map(psiOf))]);
            if (figures) expect(figures.avg).toBeCloseTo(meanOf(inside.map(psiOf)), 6);
            if (data.bucketMs > 0) expect(data.time.length - gaps(data).length).toBeLessThanOrEqual(points);
            expect(data.time).toEqual([...data.time].sort((a, b) => a - b));
          }
        }
      },
    ),
    { numRuns: 25 },
  );
});

describe('a curve', () => {
  const hours = (count: number, every = 60, from = 0) =>
    Array.from({ length: (count * 3600) / every }, (_, i) => ({ ...reading('A', 0), time: START + from + i * every * 1000 }));

  test('has each reading as it is when there are few', async () => {
    const site = await asked();
    await site.write([reading('A', 0, { psi: 1 }), reading('A', 1, { psi: 2 }), reading('A', 3, { psi: 3 })]);
    const data = await site.queries.curves({ pump: 'A', points: 10, measures: ['psi'] });
    expect(data).toEqual({
      pump: 'A', from: START + 180_001 - DAY_MS, to: START + 180_001, rows: 3, bucketMs: 0, cadenceMs: 60_000,
      time: [0, 60_000, 180_000].map((ms) => START + ms), psi: { min: [1, 2, 3], max: [1, 2, 3] },
    });
  });

  test.each([
    [800, 10, 120_000],
    [150, 10, 600_000],
    [145, 10, 600_000],
    [100, 10, 900_000],
    [24, 10, HOUR],
    [10, 10, 3 * HOUR],
    [800, 1, 120_000],
    [10, 1, 3 * HOUR],
  ])('of a day in %i points, a reading every %i s, has buckets of %i ms', async (points, every, bucketMs) => {
    const site = await asked();
    await site.write(hours(24, every));
    const data = await site.queries.curves({ pump: 'A', from: START, to: START + DAY_MS, points, measures: ['psi'] });
    expect(data).toMatchObject({ bucketMs, cadenceMs: every * 1000, rows: 86_400 / every });
  });

  test('has buckets of the days that there are, however long the range is', async () => {
    const site = await asked();
    await site.write(hours(24));
    const data = await site.queries.curves({
      pump: 'A',
      from: START - 9000 * DAY_MS,
      to: START + 9000 * DAY_MS,
      points: 800,
      measures: ['psi'],
    });
    expect(data).toMatchObject({ bucketMs: 120_000, from: START - 9000 * DAY_MS });
  });

  test('says where readings are missing, and where they only come seldom does not', async () => {
    const site = await asked();
    await site.write([...hours(2), ...hours(1, 60, 3 * HOUR)]);
    const day = { pump: 'A', from: START, to: START + DAY_MS, measures: ['psi'] } as const;
    const few = await site.queries.curves({ ...day, points: 10 });
    expect([few.bucketMs, gaps(few)]).toEqual([3 * HOUR, []]);
    const data = await site.queries.curves({ ...day, points: 150 });
    expect(data.bucketMs).toBe(600_000);
    expect(gaps(data)).toEqual([START + 2 * HOUR + 1_500_000]);
    const single = await site.queries.curves({ ...day, points: 500 });
    expect([single.bucketMs, gaps(single)]).toEqual([0, [START + 2.5 * HOUR - 30_000]]);
  });

  test('shows at once what came since it was asked for the last time', async () => {
    const site = await asked();
    await site.write(hours(24));
    const question = { pump: 'A', from: START, to: START + DAY_MS, points: 100, measures: ['psi'] } as const;
    const before = await site.queries.curves(question);
    expect(await site.queries.curves(question)).toBe(before);
    await site.write([{ ...reading('A', 700, { psi: 1 }), time: START + 700 * 60_000 + 500 }]);
    const after = await site.queries.curves(question);
    expect(after.rows).toBe(before.rows + 1);
    expect(Math.min(...after.psi!.min.map(Number))).toBe(1);
  });

  test('of no range is that of the last 24 hours, which go on with the readings', async () => {
    const site = await asked();
    await site.write([reading('A', 0), reading('A', 1)]);
    const question = { pump: 'A', points: 100, measures: ['psi'] } as const;
    expect(await site.queries.curves(question)).toMatchObject({ rows: 2, to: START + 60_001 });
    await site.write([reading('A', 24 * 60)]);
    expect(await site.queries.curves(question)).toMatchObject({ rows: 2, from: START + 1, to: START + DAY_MS + 1 });
    expect(await site.queries.curves({ ...question, to: START + 60_000 })).toMatchObject({ rows: 1, from: START + 60_000 - DAY_MS });
    expect(await site.queries.curves({ ...question, from: START })).toMatchObject({ rows: 3, to: START + DAY_MS + 1 });
  });

  test('is made of no reading that has expired', async () => {
    const site = await asked({ ttl: { data: 3_600_000, alerts: null } });
    await site.write(hours(12));
    const question = { pump: 'A', from: START, to: START + DAY_MS, points: 20, measures: ['psi'] } as const;
    site.clock.now += 1_800_000;
    await site.write(hours(6, 60, 12 * HOUR));
    expect((await site.queries.curves(question)).rows).toBe(18 * 60);
    site.clock.now += 1_800_000;
    expect((await site.queries.curves(question)).rows).toBe(6 * 60);
  });

  test('of a pump that nobody knows is empty', async () => {
    const { queries } = await asked();
    expect(await queries.curves({ pump: 'X', points: 10, measures: ['psi'] })).toMatchObject({
      rows: 0,
      time: [],
      cadenceMs: null,
      psi: { min: [], max: [] },
    });
  });

  test('that many ask for at the same time is made once', async () => {
    const site = await asked();
    await site.write(hours(24, 10));
    let read = 0;
    const readings = site.table.readings.bind(site.table);
    site.table.readings = async function* (pump, range) {
      for await (const piece of readings(pump, range)) {
        read += piece.length;
        yield piece;
      }
    };
    const question = { pump: 'A', from: START, to: START + DAY_MS, points: 100, measures: ['psi'] } as const;
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => site.queries.curves(question)));
    for (const other of others) expect(other).toBe(first);
    expect(read).toBeLessThan(2 * 8640);
  });

  test('of many readings lets other work run while it is made', async () => {
    const site = await asked();
    for (let day = 0; day < 4; day++) await site.write(hours(24, 1, day * DAY_MS));
    let turns = 0;
    let made = false;
    const count = () => {
      turns++;
      if (!made) setImmediate(count);
    };
    setImmediate(count);
    await site.queries.curves({ pump: 'A', from: START, to: START + 4 * DAY_MS, points: 10, measures: MEASURES });
    made = true;
    expect(turns).toBeGreaterThan(3);
  });

  test('is given up when nobody waits for it any more', async () => {
    const site = await asked();
    for (let day = 0; day < 4; day++) await site.write(hours(24, 1, day * DAY_MS));
    const leaving = new AbortController();
    const asking = site.queries.curves({
      pump: 'A',
      from: START,
      to: START + 4 * DAY_MS,
      points: 10,
      measures: MEASURES,
      signal: leaving.signal,
    });
    const patient = site.queries.curves({ pump: 'A', from: START, to: START + 4 * DAY_MS, points: 10, measures: MEASURES });
    setImmediate(() => leaving.abort(new Error('gone')));
    await expect(asking).rejects.toThrow('gone');
    expect((await patient).rows).toBe(4 * 86_400);
  });
});
