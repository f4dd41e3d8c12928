import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { STORES } from '../../../storage/lmdb/format.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { Table } from '../../../storage/table/table.ts';
import { row, type Row, stepOf } from '../../support/steps.ts';

const BLOCK_BYTES = 1000;

let dir: string;
let table: Table;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wellwatch-layout-'));
  table = await openEmbeddedTable({ dir, mode: 'writer', ttl: { data: null, alerts: null }, now: () => 0, blockBytes: BLOCK_BYTES });
});
afterEach(async () => {
  await table.close();
  await rm(dir, { recursive: true });
});

/** Readings of pump A at minutes, of about eight bytes each. */
function at(...minutes: number[]): Row[] {
  return minutes.map((minute) => ({
    ...row('A', '2014-03-10'),
    time: minute * 60_000,
    values: [minute % 200, minute % 251, (minute * 7) % 30_000, 1, 50, 2],
  }));
}

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}

/** The sizes of the blocks of readings, in order. */
async function sizes(): Promise<number[]> {
  const environment = await Environment.open(dir, false);
  const stores = environment?.stores(STORES, false);
  const lengths = Array.from(stores?.readings.entries(Buffer.from([0]), Buffer.alloc(12, 0xff)) ?? [], ({ value }) => value.length);
  await environment?.close();
  return lengths;
}

test('rows in order leave full blocks behind, however small the steps', async () => {
  for (const minute of range(0, 400)) await table.write(stepOf(at(minute)));
  const blocks = await sizes();
  expect(blocks.length).toBeGreaterThan(2);
  for (const size of blocks.slice(0, -1)) expect(size).toBeGreaterThan(BLOCK_BYTES * 0.95);
});

test('a late row parts a full block into two with room', async () => {
  await table.write(stepOf(at(...range(0, 2000, 2))));
  const before = await sizes();
  await table.write(stepOf(at(301)));
  const after = await sizes();
  expect(after).toHaveLength(before.length + 1);
  const parted = after.filter((size) => !before.includes(size));
  expect(parted).toHaveLength(2);
  for (const size of parted) expect(size).toBeGreaterThan(BLOCK_BYTES * 0.4);
});

test('late rows leave well-filled blocks behind, in whatever steps they come', async () => {
  const shuffled = range(0, 6000).map((index) => (index * 2477) % 6000);
  for (let from = 0; from < shuffled.length; from += 500) await table.write(stepOf(at(...shuffled.slice(from, from + 500))));
  const blocks = await sizes();
  expect(blocks.reduce((sum, size) => sum + size) / blocks.length).toBeGreaterThan(BLOCK_BYTES * 0.7);
});

test('rows that come backwards share blocks', async () => {
  for (const minute of range(0, 400)) await table.write(stepOf(at(1000 - minute)));
  const blocks = await sizes();
  expect(blocks.reduce((sum, size) => sum + size) / blocks.length).toBeGreaterThan(BLOCK_BYTES * 0.4);
});
