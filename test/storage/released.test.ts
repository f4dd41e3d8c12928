import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { MEASURES } from '../../domain/reading/measures.ts';
import { formatTime, parseTime } from '../../domain/reading/wallClock.ts';
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
 */
const released = (name: string) => fileURLToPath(new URL(`released/${name}`, import.meta.url));
const unzipped = (name: string) => gunzipSync(readFileSync(released(`${name}.gz`)));

/** The rows of released.csv as `PUMP time hz … chlPPM`; its last line is a reject. */
const ROWS = unzipped('released.csv').toString().trimEnd().split('\n').slice(0, -1).map((line) => {
  const [pump, date, clock, ...values] = line.split(',');
  const [, day] = date.split('/');
  return `${pump} 2014-03-${day}T${clock.padStart(5, '0')}:00 ${values.map(Number).join(' ')}`;
});

async function opened<T>(mode: 'reader' | 'writer', use: (table: Table) => Promise<T>): Promise<T> {
  const dir = tempDir();
  writeFileSync(join(dir, 'data.mdb'), unzipped('data.mdb'));
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
