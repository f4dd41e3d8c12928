import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MEASURES } from '../../domain/reading/measures.ts';
import { formatDay, formatTime, parseTime } from '../../domain/reading/wallClock.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import { IntentFile } from '../../storage/hbase/steps/intent.ts';
import type { Plan } from '../../storage/hbase/steps/plan.ts';
import { readSpool, SpoolFile } from '../../storage/parquet/spool.ts';
import type { Table } from '../../storage/table/table.ts';
import { tempDir } from '../support/tempDir.ts';
import { collect, row, stepOf } from '../support/steps.ts';

/*
 * `released/` holds what the first release wrote: a table with the rows of released.csv, summarised; a spool and an
 * intent of two rows. None of them says how many measures it has: there are six.
 *
 * Of upgrades.csv, five files one after the other, `landed.mdb` has the first, stored and summarised by the version that landed
 * first (of 2026-11-21 10:11), and `upgraded.mdb` all five: after that version the table was opened by four later ones (of the same day 14:34
 * and 20:43, of 2026-11-28 and of 2026-11-29 02:53), each of which stored its file, with late rows, corrections and a duplicate, and summarised.
 */
const released = (name: string) => fileURLToPath(new URL(`released/${name}`, import.meta.url));
const unzipped = (name: string) => gunzipSync(readFileSync(released(`${name}.gz`)));

/** The rows of released.csv as `PUMP time hz … chlPPM`; its last line is a reject. */
const ROWS = unzipped('released.csv').toString().trimEnd().split('\n').slice(0, -1).map((line) => {
  const [pump, date, clock, ...values] = line.split(',');
  const [, day] = date.split('/');
  return `${pump} 2014-03-${day}T${clock.padStart(5, '0')}:00 ${values.map(Number).join(' ')}`;
});

async function opened<T>(mode: 'reader' | 'writer', use: (table: Table) => Promise<T>, file = 'data.mdb'): Promise<T> {
  const dir = tempDir();
  writeFileSync(join(dir, 'data.mdb'), unzipped(file));
  const table = await openEmbeddedTable({ dir, mode, ttl: { data: null, alerts: null }, now: () => 0 });
  try {
    return await use(table);
  } finally {
    await table.close();
  }
}

async function rowsOf(table: Table, pumps: readonly string[]): Promise<string[]> {
  const rows: string[] = [];
  for (const pump of pumps) {
    for await (const { length, time, values } of table.readings(pump, {}))
      for (let i = 0; i < length; i++) rows.push(`${pump} ${formatTime(time[i])} ${values.map((column) => column[i]).join(' ')}`);
  }
  return rows;
}

test('a table of the first release is read as it was written: rows, alerts, statistics, rejects', async () => {
  await opened('reader', async (table) => {
    expect(await table.pumps()).toEqual(['A', 'B', 'C']);
    expect(await rowsOf(table, ['A', 'B', 'C'])).toEqual(ROWS);
    expect(await collect(table.alerts({}))).toHaveLength(24);
    expect(await collect(table.rejects())).toHaveLength(1);
    const stats = await collect(table.stats({}));
    expect(stats.map(({ pump, count, measures }) => [pump, count, measures.length])).toEqual(
      ['A', 'A', 'B', 'B', 'C', 'C'].map((pump) => [pump, 72, MEASURES.length]));
    const flows = ROWS.filter((line) => line.startsWith('A 2014-03-10')).map((line) => Number(line.split(' ')[4]));
    const sum = flows.reduce((total, flow) => total + flow, 0);
    expect(stats[0].measures[2]).toEqual({ count: 72, min: Math.min(...flows), max: Math.max(...flows), avg: sum / 72 });
  });
});

test('it takes rows and statistics of this version beside its own', async () => {
  await opened('writer', async (table) => {
    const outcome = await table.write(
      stepOf([row('A', '2014-03-10', 85, 1_900_000_000_000), row('D', '2014-03-10', 85, 1_900_000_000_000)]),
    );
    expect(outcome.counts).toMatchObject({ stored: 2, duplicate: 0 });
    const rows = await rowsOf(table, ['A', 'B', 'C', 'D']);
    expect(rows.filter((line) => !ROWS.includes(line)).map((line) => line.slice(0, 21))).toEqual([
      'A 2014-03-10T00:00:00',
      'D 2014-03-10T00:00:00',
    ]);
    expect(rows).toHaveLength(ROWS.length + 1);
    const [day] = await collect(table.days({ pump: 'D' }));
    const measures = MEASURES.map((_, i) => ({ count: 3, min: i, max: i + 1, avg: i / 3 }));
    await table.writeStats([{ day, stats: { pump: 'D', day: day.day, count: 3, measures } }]);
    expect((await collect(table.stats({}))).map(({ pump, count }) => `${pump} ${count}`)).toEqual([
      'A 72',
      'A 72',
      'B 72',
      'B 72',
      'C 72',
      'C 72',
      'D 3',
    ]);
    expect((await collect(table.stats({ pump: 'D' })))[0].measures).toEqual(measures);
  });
});

describe.each([
  { file: 'landed.mdb', name: 'a table of the version that landed first', lines: 361, counts: { stored: 360, duplicate: 0, rejected: 1 } },
  { file: 'upgraded.mdb', name: 'a table that four upgrades have gone through', lines: 1825, counts: { stored: 1816, duplicate: 4, rejected: 5 } },
])('$name', ({ file, lines, counts }) => {
  const model = lastValues(unzipped('upgrades.csv').toString().split('\n').slice(0, lines));

  test('is read to the last bit: every row, alert, statistic and count', async () => {
    await opened('reader', async (table) => {
      expect(await rowsOf(table, await table.pumps())).toEqual(textOf(model));
      const alerts = (await collect(table.alerts({}))).map(({ pump, time, value }) => `${pump} ${formatTime(time)} ${value}`);
      expect(alerts.sort()).toEqual(model.filter(({ values }) => values[PSI] < 5).map(({ pump, at, values }) => `${pump} ${at} ${values[PSI]}`));
      const stats = await collect(table.stats({}));
      expect(stats.map(({ pump, day, count, measures }) => ({ pump, date: formatDay(day), count, measures }))).toEqual(statsOf(model));
      expect((await table.counts()).directory).toMatchObject(counts);
    }, file);
  });

  test('goes on with rows of this version, corrections of its own among them', async () => {
    await opened('writer', async (table) => {
      const { counts: now } = await table.write(stepOf([row('A', '2014-03-10', 77, 1_900_000_000_000), row('NEW', '2014-03-10', 85, 1_900_000_000_000)]));
      expect(now).toMatchObject({ stored: 2, replaced: 1, duplicate: 0 });
      const rows = await rowsOf(table, await table.pumps());
      expect(rows.filter((line) => !/^(A|NEW) 2014-03-10T00:00:00 /.test(line))).toEqual(textOf(model).filter((line) => !line.startsWith('A 2014-03-10T00:00:00 ')));
      expect(rows).toHaveLength(model.length + 1);
    }, file);
  });
});

interface Reading { readonly pump: string; readonly at: string; readonly values: readonly number[] }
const PSI = 4;

/** What holds of lines of CSV: of one pump and time the last; in order of pump and time. */
function lastValues(lines: readonly string[]): Reading[] {
  const held = new Map<string, Reading>();
  for (const [pump, date, clock, ...texts] of lines.map((line) => line.split(','))) {
    if (texts.length !== MEASURES.length) continue;
    const at = formatTime(parseTime(`2014-03-${date.split('/')[1].padStart(2, '0')}T${clock.padStart(5, '0')}`)!);
    held.set(`${pump} ${at}`, { pump, at, values: texts.map(Number) });
  }
  return [...held.keys()].sort().map((key) => held.get(key)!);
}

const textOf = (readings: readonly Reading[]) => readings.map(({ pump, at, values }) => `${pump} ${at} ${values.join(' ')}`);

/** Plain sums in order of time. */
function statsOf(readings: readonly Reading[]) {
  const days = new Map<string, Reading[]>();
  for (const reading of readings) {
    const key = `${reading.pump} ${reading.at.slice(0, 10)}`;
    days.set(key, [...(days.get(key) ?? []), reading]);
  }
  return [...days.values()].map((rows) => ({
    pump: rows[0].pump, date: rows[0].at.slice(0, 10), count: rows.length,
    measures: MEASURES.map((_, i) => {
      const column = rows.map(({ values }) => values[i]);
      return { count: rows.length, min: Math.min(...column), max: Math.max(...column), avg: column.reduce((sum, value) => sum + value, 0) / rows.length };
    }),
  }));
}

test('a spool of the first release goes on with blocks of this version', () => {
  const path = join(tempDir(), 'rows.spool');
  writeFileSync(path, readFileSync(released('rows.spool')));
  const file = SpoolFile.open(path);
  const end = file.append(statSync(path).size, stepOf([row('B', '2014-03-10')]).readings, Uint32Array.of(0));
  file.close();
  const [first, second, ...more] = [...readSpool(path, end)];
  expect([first.names, second.names, more]).toEqual([['A', '泵'], ['B'], []]);
  expect([...first.time]).toEqual([parseTime('2014-03-14T12:00'), parseTime('2014-03-14T12:01')]);
  expect(first.values.map((column) => [...column])).toEqual([[10.27, 10.3], [1.73, 1.74], [881, 882], [1.56, 1.57], [85, 4.5], [1.94, -0]]);
});

test('an intent of the first release is carried out', () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'intent'), readFileSync(released('intent')));
  const file = IntentFile.open(dir);
  const { rows, breaches, state } = file.read({ ledger: 'x', step: 4 }) as Plan;
  file.close();
  expect(rows.names.map((name, i) => [name, rows.pump[i], rows.values[4][i]])).toEqual([['A', 0, 85], ['泵', 1, 4.5]]);
  expect(rows.values[5][1]).toBe(-0);
  expect(breaches).toMatchObject([{ row: 1, rule: { id: 'low-psi' } }]);
  expect(state).toEqual({ position: 3 });
});
