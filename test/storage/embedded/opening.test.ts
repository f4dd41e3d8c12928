import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { type Format, STORES, type Stores } from '../../../storage/lmdb/format.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { TableAccessOptions } from '../../../storage/lmdb/tableAccess.ts';
import type { Table } from '../../../storage/table/table.ts';
import { collect, row, stepOf, time } from '../../support/steps.ts';
import { PSI, psiOf } from '../../support/measures.ts';

let root: string;
let dir: string;
const opened: Table[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wellwatch-opening-'));
  dir = join(root, 'table');
});
afterEach(async () => {
  for (const table of opened.splice(0)) await table.close();
  await rm(root, { recursive: true });
});

async function open(mode: TableAccessOptions['mode'], more: Partial<TableAccessOptions> = {}): Promise<Table> {
  const table = await openEmbeddedTable({ dir, mode, ttl: { data: null, alerts: null }, now: () => 0, ...more });
  opened.push(table);
  return table;
}

/** Changes what lies in the store behind the table's back. */
async function tamper(change: (stores: Pick<Stores, (typeof STORES)[number]>) => void): Promise<void> {
  const environment = await Environment.open(dir, true);
  const stores = environment?.stores(STORES, false);
  if (!environment || !stores) throw new Error('there is no store');
  environment.transact('tamper', () => change(stores));
  await environment.close();
}

/** Files that this process has open, where the system tells. */
async function openFiles(): Promise<string[]> {
  const fds = await readdir('/proc/self/fd').catch(() => []);
  return Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
}

test('what was written is there after closing and opening again', async () => {
  const writer = await open('writer');
  await writer.write(stepOf([row('A', '2014-03-10', 0), row('é', '2014-03-11')], { state: { position: 3 } }));
  await writer.close();
  const again = await open('writer');
  expect(await again.pumps()).toEqual(['A', 'é']);
  expect(await again.state()).toEqual(new Map([['position', 3]]));
  expect(await collect(again.alerts({}))).toHaveLength(1);
  await again.write(stepOf([row('A', '2014-03-12'), row('B', '2014-03-12')]));
  expect((await collect(again.days({}))).map(({ pump, changedAt }) => [pump, changedAt])).toEqual([['A', 1], ['A', 2], ['B', 2], ['é', 1]]);
});

test('statistics of a length that is none are told as damage, never passed over', async () => {
  const writer = await open('writer');
  await writer.write(stepOf([row('A', '2014-03-10')]));
  const [day] = await collect(writer.days({}));
  await writer.writeStats([
    { day, stats: { pump: 'A', day: day.day, count: 1, measures: MEASURES.map(() => ({ count: 1, min: 1, max: 1, avg: 1 })) } },
  ]);
  await writer.close();
  for (const change of [(bytes: Buffer) => bytes.subarray(0, -4), (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(24)])]) {
    await tamper(({ stats }) => {
      for (const { key, value } of [...stats.entries(Buffer.from([0]), Buffer.alloc(40, 0xff))]) stats.put(key, change(Buffer.from(value)));
    });
    await expect(collect((await open('reader')).stats({}))).rejects.toMatchObject({
      code: 'STORE_DAMAGED', message: expect.stringContaining('expected statistics of pump A on 2014-03-10') as string,
    });
  }
});

test('a table with columns that this version does not know, or has in another place, is told as newer', async () => {
  await (await open('writer')).close();
  for (const names of [[...MEASURES, 'tempF'], [...MEASURES].reverse()]) {
    await tamper(({ meta }) => meta.put(Buffer.from('measures'), Buffer.from(names.join(','))));
    for (const mode of ['writer', 'reader'] as const)
      await expect(open(mode)).rejects.toMatchObject({
        code: 'FORMAT_NEWER',
        message: expect.stringContaining(names.join(', ')) as string,
      });
  }
});

test.each(['reader', 'batch'] as const)('a %s of an absent table finds it empty and makes nothing', async (mode) => {
  const table = await open(mode);
  expect(await table.pumps()).toEqual([]);
  expect(await collect(table.days({}))).toEqual([]);
  await table.writeStats([]).catch((error: unknown) => expect(error).toMatchObject({ code: 'NOT_SUPPORTED' }));
  expect(await readdir(root)).toEqual([]);
});

test('a reader sees the table once a writer has made it, and each step from then on', async () => {
  const reader = await open('reader');
  expect(await reader.pumps()).toEqual([]);
  const writer = await open('writer');
  expect(await reader.pumps()).toEqual([]);
  await writer.write(stepOf([row('A', '2014-03-10')]));
  expect(await reader.pumps()).toEqual(['A']);
  await writer.write(stepOf([row('B', '2014-03-10')]));
  expect(await reader.pumps()).toEqual(['A', 'B']);
});

test('a writer can be opened while a reader of the same process has the table open', async () => {
  await (await open('writer')).close();
  const reader = await open('reader');
  await (await open('writer')).write(stepOf([row('A', '2014-03-10')]));
  expect(await reader.pumps()).toEqual(['A']);
});

test('only a writer writes steps, and a reader stores no statistics', async () => {
  await open('writer');
  const [reader, batch] = [await open('reader'), await open('batch')];
  for (const table of [reader, batch]) {
    await expect(table.write(stepOf([]))).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    await expect(table.expire()).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    await expect(table.saveReference({ pumps: [], maintenance: [] })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  }
  const day = { pump: 'A', day: 1, changedAt: 1, computedAt: 0, expired: false };
  await expect(reader.writeStats([{ day, stats: null }])).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('a batch stores statistics beside the writer', async () => {
  const writer = await open('writer');
  const batch = await open('batch');
  await writer.write(stepOf([row('A', '2014-03-10')]));
  const [day] = await collect(batch.days({}));
  await batch.writeStats([{ day, stats: null }]);
  await writer.write(stepOf([row('B', '2014-03-10')]));
  expect((await collect(writer.days({}))).map(({ computedAt }) => computedAt)).toEqual([1, 0]);
});

test('a table of a newer format is refused by everyone', async () => {
  await (await open('writer', { format: { version: 3, migrations: [] } })).close();
  for (const mode of ['writer', 'reader', 'batch'] as const) {
    await expect(open(mode)).rejects.toMatchObject({
      code: 'FORMAT_NEWER',
      message: expect.stringMatching(/format 2 or older, found format 3/) as string,
    });
  }
});

test('an older table is brought up by the writer, one migration after the other, and by nobody else', async () => {
  await (await open('writer')).close();
  const format: Format = {
    version: 4,
    migrations: [3, 4].map((to) => ({
      to,
      run: ({ state }): void =>
        state.put(Buffer.from(`to-${to}`), Buffer.from(JSON.stringify(state.get(Buffer.from('to-3')) !== undefined))),
    })),
  };
  await expect(open('reader', { format })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(/older format 2/) as string,
  });
  expect(await (await open('writer', { format })).state()).toEqual(new Map([['to-3', false], ['to-4', true]]));
  expect(await (await open('reader', { format })).state()).toHaveProperty('size', 2);
});

test('a migration that fails leaves the table as it was', async () => {
  await (await open('writer')).close();
  const migrations = [
    { to: 3, run: ({ state }: Stores): void => state.put(Buffer.from('half'), Buffer.from('1')) },
    { to: 4, run: (): void => { throw new RangeError('no'); } },
  ];
  await expect(open('writer', { format: { version: 4, migrations } })).rejects.toThrow(RangeError);
  expect(await (await open('writer')).state()).toEqual(new Map());
});

test('a damaged block names its pump and time', async () => {
  const writer = await open('writer');
  await writer.write(stepOf([row('COHUTTA', '2014-03-10T01:01'), row('COHUTTA', '2014-03-10T01:02')]));
  await writer.close();
  await tamper(({ readings }) => {
    for (const { key, value } of [...readings.entries(Buffer.from([0]), Buffer.alloc(12, 0xff))]) {
      value[100] ^= 1;
      readings.put(key, value);
    }
  });
  const table = await open('writer');
  const damaged = {
    code: 'STORE_DAMAGED',
    message: expect.stringMatching(/pump COHUTTA from 2014-03-10T01:01:00: its checksum is wrong/) as string,
  };
  await expect(table.lookup('COHUTTA', time('2014-03-10T01:02'))).rejects.toMatchObject(damaged);
  await expect(table.readings('COHUTTA', {})[Symbol.asyncIterator]().next()).rejects.toMatchObject(damaged);
  await expect(table.write(stepOf([row('COHUTTA', '2014-03-11')], { state: { a: 1 } }))).rejects.toMatchObject(damaged);
  expect(await table.state()).toEqual(new Map());
});

test('a step that fails leaves no trace, and the next one goes through', async () => {
  const table = await open('writer');
  const bad = { ...stepOf([row('new', '2014-03-10')]), state: { huge: 1n as unknown as number } };
  await expect(table.write(bad)).rejects.toThrow(TypeError);
  expect(await table.pumps()).toEqual([]);
  await table.write(stepOf([row('other', '2014-03-10', 70), row('new', '2014-03-10', 60)]));
  const reader = await open('reader');
  expect(await reader.pumps()).toEqual(['new', 'other']);
  expect(psiOf(await reader.lookup('new', time('2014-03-10')))).toBe(60);
  expect(psiOf(await reader.lookup('other', time('2014-03-10')))).toBe(70);
});

test('a closed table says so, and a loop that is under way comes to its end', async () => {
  const table = await open('writer');
  await table.write(
    stepOf(
      Array.from({ length: 3000 }, (_, index) => ({ ...row('A', '2014-03-10'), time: index * 60_000, values: [index, 0, 0, 0, 50, 0] })),
    ),
  );
  let rows = 0;
  for await (const piece of table.readings('A', {})) {
    rows += piece.length;
    await table.close();
  }
  expect(rows).toBe(3000);
  expect((await openFiles()).filter((file) => file.startsWith(dir))).toEqual([]);
  await expect(table.pumps()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(table.write(stepOf([]))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('expired blocks are removed in bounded pieces', async () => {
  const table = await open('writer', { ttl: { data: 100, alerts: null }, now: () => 1000, blockBytes: 200 });
  const rows = Array.from({ length: 20_000 }, (_, index) => ({
    ...row('A', '2014-03-10', 80, 1),
    time: index * 60_000,
    values: [Math.sqrt(index), 0, 0, 0, 50, 0],
  }));
  await table.write(stepOf(rows));
  let pieces = 1;
  while (await table.expire()) pieces++;
  expect(pieces).toBeGreaterThan(1);
  await table.close();
  expect(await (await open('reader')).lastReading('A')).toBeUndefined();
});

test.each([
  ['swept', async (table: Table): Promise<void> => { while (await table.expire()); }],
  ['written over', async (table: Table): Promise<void> => { await table.write(stepOf([row('A', '2014-03-11', 80, 1000)])); }],
])('a pump-day whose expired rows were %s stays expired when nothing expires any more', async (_, remove) => {
  const table = await open('writer', { ttl: { data: 100, alerts: null }, now: () => 1000 });
  await table.write(stepOf([row('A', '2014-03-10', 80, 1)]));
  await remove(table);
  await table.close();
  expect((await collect((await open('reader')).days({})))[0]).toMatchObject({ pump: 'A', expired: true });
});

test('many pumps and days come back whole', async () => {
  const table = await open('writer');
  const rows = Array.from({ length: 3000 }, (_, index) => row(`pump-${index % 700}`, '2014-03-10', index % 50, 1 + index)).map(
    (one, index) => ({ ...one, time: index * 3_600_000 }),
  );
  await table.write(stepOf(rows));
  expect(await table.pumps()).toHaveLength(700);
  expect(await collect(table.days({}))).toHaveLength(3000);
  expect(await collect(table.alerts({}))).toHaveLength(rows.filter((one) => one.values[PSI] < 5).length);
});
