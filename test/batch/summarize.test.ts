import { describe, expect, onTestFinished, test } from 'vitest';
import { summarize, type SummaryProgress, type SummarizeOptions } from '../../batch/summarize.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import type { PumpDay } from '../../domain/day/pumpDay.ts';
import type { Table } from '../../storage/table/table.ts';
import fc from '../support/property.ts';
import { collect, type Row, row, stepOf, time } from '../support/steps.ts';
import { tempDir } from '../support/tempDir.ts';
import { PSI } from '../support/measures.ts';

interface Opening {
  readonly ttl?: number | null;
  readonly now?: () => number;
}

async function openTable({ ttl = null, now = () => 0 }: Opening = {}): Promise<Table> {
  const table = await openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl: { data: ttl, alerts: null }, now, blockBytes: 512 });
  onTestFinished(() => table.close());
  return table;
}

const due: SummarizeOptions['selection'] = { all: false };
const stats = (table: Table) => collect(table.stats({}));
const marks = (table: Table) => collect(table.days({}));
const isUpToDate = ({ changedAt, computedAt }: PumpDay) => changedAt === computedAt;
const day = (date: string) => dayOf(time(date));

/** What the daily batch should store, computed the long way. */
function recomputed(rows: readonly Row[]): DayStats[] {
  const days = new Map<string, Row[]>();
  for (const each of rows) {
    const key = `${each.pump}\n${dayOf(each.time)}`;
    days.set(key, [...(days.get(key) ?? []), each]);
  }
  const all = [...days.values()].map((ofDay): DayStats => {
    const inOrder = ofDay.toSorted((a, b) => a.time - b.time);
    const measures = MEASURES.map((_, m) => {
      const column = inOrder.map(({ values }) => values[m]).filter((value) => !Number.isNaN(value));
      if (column.length === 0) return { count: 0, min: NaN, max: NaN, avg: NaN };
      let sum = 0;
      for (const value of column) sum += value;
      return { count: column.length, min: column.toSorted((a, b) => a - b)[0], max: column.toSorted((a, b) => b - a)[0], avg: sum / column.length };
    });
    return { pump: ofDay[0].pump, day: dayOf(ofDay[0].time), count: ofDay.length, measures };
  });
  return all.sort((a, b) => (a.pump === b.pump ? a.day - b.day : a.pump < b.pump ? -1 : 1));
}

/** Rows of a pump, spread over days, with decimals whose sums depend on their order. */
function rowsOf(pump: string, count: number, everyMs: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    pump, time: time('2014-03-10') + i * everyMs, receivedAt: 1,
    values: [10 + (i % 7) / 10, 1.731 + i / 1000, 881 + (i % 13), (i * 0.37) % 2, i % 11, 0.1 * (i % 17)],
  }));
}

describe('what is stored', () => {
  test('each pump-day gets count, minimum, maximum and the plain mean of all six measures', async () => {
    const table = await openTable();
    const rows = [...rowsOf('COHUTTA', 700, 900_000), ...rowsOf('BUTTE', 300, 3_600_000)];
    await table.write(stepOf(rows));
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 8 + 13, rows: 1000 });
    expect(await stats(table)).toEqual(recomputed(rows));
    expect((await marks(table)).every(isUpToDate)).toBe(true);
  });

  test('a measure that some readings lack has the count, minimum, maximum and mean of the others; one that none has has none', async () => {
    const table = await openTable();
    const rows = rowsOf('GAPS', 700, 900_000).map((one, i) => ({
      ...one, values: one.values.map((value, c) => ((i * (c + 3)) % 7 === 0 || (c === 5 && i < 500) ? NaN : value)),
    })).filter(({ values }) => !values.every(Number.isNaN));
    await table.write(stepOf(rows));
    await summarize({ table, selection: due, rowsPerSnapshot: 13 });
    expect(await stats(table)).toEqual(recomputed(rows));
    expect((await stats(table))[0].measures[5]).toEqual({ count: 0, min: NaN, max: NaN, avg: NaN });
  });

  test('the order in which rows came makes no difference, not in the last bit', async () => {
    const rows = rowsOf('MOJO', 60, 1_800_000);
    const expected = recomputed(rows);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), fc.integer({ min: 1, max: 60 }), async (shuffled, cut) => {
        const table = await openTable();
        await table.write(stepOf(shuffled.slice(0, cut)));
        await summarize({ table, selection: due });
        if (cut < rows.length) await table.write(stepOf(shuffled.slice(cut)));
        await summarize({ table, selection: due });
        expect(await stats(table)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test('a mean is a sum in order of time: 0.1, 0.2, 0.3 give 0.20000000000000004', async () => {
    const table = await openTable();
    const values = (value: number) => [value, value, value, value, value, value];
    await table.write(
      stepOf(
        [0.3, 0.1, 0.2].map((value) => ({ ...row('CHER', '2014-03-10'), time: time('2014-03-10') + value * 1000, values: values(value) })),
      ),
    );
    await summarize({ table, selection: due });
    expect((await stats(table))[0].measures[PSI].avg).toBe((0.1 + 0.2 + 0.3) / 3);
    expect((0.1 + 0.2 + 0.3) / 3).not.toBe((0.3 + 0.2 + 0.1) / 3);
  });

  test('a day that is read from several snapshots has the same statistics', async () => {
    const table = await openTable();
    const rows = rowsOf('CHER', 500, 300_000);
    await table.write(stepOf(rows));
    for (const rowsPerSnapshot of [1, 7, 100]) {
      expect(await summarize({ table, selection: { all: true }, rowsPerSnapshot })).toEqual({ pumpDays: 2, rows: 500 });
      expect(await stats(table)).toEqual(recomputed(rows));
    }
  });

  test('days that are far apart, and those before 1970, are summarised as well', async () => {
    const table = await openTable();
    const rows = ['0000-01-01T00:00', '1969-12-31T23:59:59.999', '2014-03-10T12:00', '9999-12-31T23:59'].map((at) => row('OLD', at));
    await table.write(stepOf(rows));
    await summarize({ table, selection: due });
    expect(await stats(table)).toEqual(recomputed(rows));
  });

  test('more pump-days than are stored in one transaction are all stored', async () => {
    const table = await openTable();
    const rows = rowsOf('CHER', 2300, DAY_MS);
    await table.write(stepOf(rows));
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 2300, rows: 2300 });
    expect((await stats(table)).length).toBe(2300);
  });
});

describe('which pump-days', () => {
  test('without dates only those that changed since they were computed', async () => {
    const table = await openTable();
    await table.write(stepOf([row('CHER', '2014-03-10T01:00'), row('CHER', '2014-03-11T01:00'), row('MOJO', '2014-03-11T01:00')]));
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 3, rows: 3 });
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 0, rows: 0 });
    await table.write(stepOf([row('CHER', '2014-03-10T00:30', 3)]));
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 1, rows: 2 });
    expect((await stats(table))[0].measures[PSI]).toEqual({ count: 2, min: 3, max: 80, avg: 41.5 });
  });

  test('with dates every one in the range, and no other', async () => {
    const table = await openTable();
    await table.write(stepOf(['10', '11', '12', '13'].map((date) => row('CHER', `2014-03-${date}`))));
    const selection = { all: true, fromDay: day('2014-03-11'), toDay: day('2014-03-12') };
    expect(await summarize({ table, selection })).toEqual({ pumpDays: 2, rows: 2 });
    expect((await stats(table)).map((each) => each.day)).toEqual([day('2014-03-11'), day('2014-03-12')]);
    expect(await summarize({ table, selection })).toEqual({ pumpDays: 2, rows: 2 });
  });

  test('with a pump only those of that pump', async () => {
    const table = await openTable();
    await table.write(stepOf([row('CHER', '2014-03-10'), row('MOJO', '2014-03-10')]));
    expect(await summarize({ table, selection: { ...due, pump: 'MOJO' } })).toEqual({ pumpDays: 1, rows: 1 });
    expect((await stats(table)).map(({ pump }) => pump)).toEqual(['MOJO']);
    expect(await summarize({ table, selection: { ...due, pump: 'NOBODY' } })).toEqual({ pumpDays: 0, rows: 0 });
  });

  test('an expired pump-day keeps its statistics; a late row only clears its mark', async () => {
    let now = 1000;
    const table = await openTable({ ttl: 5000, now: () => now });
    await table.write(stepOf([row('CHER', '2014-03-10T01:00', 80, 1000), row('CHER', '2014-03-10T02:00', 90, 1000)]));
    await summarize({ table, selection: due });
    const before = await stats(table);
    now = 7000;
    await table.write(stepOf([row('CHER', '2014-03-10T03:00', 1, 7000), row('CHER', '2014-03-11T03:00', 70, 7000)]));
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 1, rows: 1 });
    expect((await stats(table))[0]).toEqual(before[0]);
    expect((await marks(table)).every(isUpToDate)).toBe(true);
    expect(await summarize({ table, selection: { all: true, toDay: day('2014-03-10') } })).toEqual({ pumpDays: 0, rows: 0 });
    expect((await stats(table))[0]).toEqual(before[0]);
  });
});

describe('beside the streaming job, and killed', () => {
  test('a pump-day that changes while it is read is done again by the next run', async () => {
    const table = await openTable();
    await table.write(stepOf([row('CHER', '2014-03-10T01:00')]));
    const late = stepOf([row('CHER', '2014-03-10T00:30', 40)]);
    const changing = wrap(table, {
      readings(pump, range) {
        const before = table.readings(pump, range);
        return (async function* () {
          yield* before;
          await table.write(late);
        })();
      },
    });
    await summarize({ table: changing, selection: due });
    expect((await marks(table)).some(isUpToDate)).toBe(false);
    expect(await summarize({ table, selection: due })).toEqual({ pumpDays: 1, rows: 2 });
  });

  test('a run that dies on the way leaves what it has stored, and the next run does the rest', async () => {
    const table = await openTable();
    const rows = rowsOf('CHER', 2500, DAY_MS);
    await table.write(stepOf(rows));
    let writes = 0;
    const dying = wrap(table, {
      async writeStats(computed) {
        if (++writes === 2) throw new Error('killed');
        await table.writeStats(computed);
      },
    });
    await expect(summarize({ table: dying, selection: due })).rejects.toThrow('killed');
    const done = (await marks(table)).filter(isUpToDate).length;
    expect(done).toBeGreaterThan(0);
    expect((await summarize({ table, selection: due })).pumpDays).toBe(2500 - done);
    expect(await stats(table)).toEqual(recomputed(rows));
  });

  test('an aborted run stops between pump-days, also when the signal comes from a timer', async () => {
    const table = await openTable();
    await table.write(stepOf(Array.from({ length: 400 }, (_, i) => row(`P${i}`, '2014-03-10'))));
    const stop = new AbortController();
    let seen = 0;
    const onProgress = () => {
      seen++;
      if (seen === 1) setImmediate(() => stop.abort(new Error('Ctrl-C')));
    };
    await expect(summarize({ table, selection: due, signal: stop.signal, onProgress })).rejects.toThrow('Ctrl-C');
    expect(seen).toBeLessThan(400);
  });
});

test('progress counts pump-days up to all that are due', async () => {
  const table = await openTable();
  await table.write(stepOf([...rowsOf('A', 150, DAY_MS), ...rowsOf('B', 5, 2 * DAY_MS)]));
  const seen: SummaryProgress[] = [];
  await summarize({ table, selection: due, onProgress: (progress) => seen.push(progress) });
  expect(seen[0]).toEqual({ done: 100, total: 155, pump: 'A' });
  expect(seen.at(-1)).toEqual({ done: 155, total: 155, pump: 'B' });
});

/** A table of which some methods do something else. */
function wrap(table: Table, changed: Partial<Table>): Table {
  return new Proxy(table, {
    get(target, name: keyof Table) {
      if (name in changed) return changed[name];
      return target[name].bind(target);
    },
  });
}
