import { expect, test } from 'vitest';
import { Environment } from '../../../../storage/lmdb/environment.ts';
import { Receipts } from '../../../../storage/lmdb/origins/receipts.ts';
import { tempDir } from '../../../support/tempDir.ts';

test('of many sources those that were silent longest are added up, and nothing is lost by it', async () => {
  const environment = (await Environment.open(tempDir(), true))!;
  const receipts = new Receipts(environment.store('receipts', true), 10);
  const credit = (name: string, at: number) => environment.transact('credit', () => {
    const sources = [{ key: name, name, digest: null }];
    const counts = [{ stored: 2, replaced: 1, duplicate: 1, rejected: 1, first: at, last: at }];
    receipts.credit('mqtt', receipts.open('mqtt', sources), counts, sources);
  });
  for (let i = 0; i < 40; i++) {
    credit(`t${i}`, i);
    credit('busy', i);
  }
  const snapshot = environment.snapshot();
  const kept = [...receipts.all(snapshot)];
  const older = receipts.older(snapshot)!;
  expect(kept.length).toBeLessThanOrEqual(11);
  expect(kept.map(({ source }) => source)).toContain('busy');
  expect(kept.map(({ source }) => source)).toContain('t39');
  expect(older.sources + kept.length).toBe(41);
  expect(older.first).toBe(0);
  expect(kept.reduce((sum, { stored }) => sum + stored, older.stored)).toBe(160);
  await environment.release(snapshot);
  credit('t0', 99); // one that comes again after that begins anew
  expect(receipts.get(42)).toMatchObject({ source: 't0', stored: 2, first: 99 });
  await environment.close();
});

test('a source without rows has no times of receipt, and is the first to be added up', async () => {
  const environment = (await Environment.open(tempDir(), true))!;
  const receipts = new Receipts(environment.store('receipts', true), 10);
  const nothing = { stored: 0, replaced: 0, duplicate: 0, rejected: 0, first: 8.64e15, last: -8.64e15 };
  for (let i = 0; i < 12; i++) {
    const sources = [{ key: `f${i}`, name: `f${i}`, digest: null }];
    const counts = [i === 5 ? nothing : { ...nothing, stored: 1, first: i, last: i }];
    environment.transact('credit', () => receipts.credit('directory', receipts.open('directory', sources), counts, sources));
    if (i === 5) expect(receipts.get(6)).toMatchObject({ source: 'f5', first: null, last: null });
  }
  expect(receipts.get(6)).toBeUndefined();
  expect(receipts.older()).toMatchObject({ sources: 2, stored: 1, first: 0, last: 0 });
  await environment.close();
});
