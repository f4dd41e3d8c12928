import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PAGE_BYTES } from '../../../storage/lmdb/block.ts';
import { Environment, type Store } from '../../../storage/lmdb/environment.ts';

let dir: string;
let environment: Environment;
let store: Store;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wellwatch-environment-'));
  const opened = await Environment.open(dir, true);
  const stores = opened?.stores(['one'], true);
  if (!opened || !stores) throw new Error('it should open');
  environment = opened;
  store = stores.one;
});
afterEach(async () => {
  await environment.close();
  await rm(dir, { recursive: true });
});

const key = Buffer.from('key');

/** What lmdb throws for MDB_BAD_TXN. */
const badTransaction = (): Error => Object.assign(new Error('MDB_BAD_TXN'), { code: -30782 });

test('a transaction that lmdb gave up is run again', () => {
  let runs = 0;
  environment.transact('try', () => {
    store.put(key, Buffer.from([++runs]));
    if (runs < 3) throw badTransaction();
  });
  expect(store.get(key)).toEqual(Buffer.from([3]));
});

test('a transaction that lmdb gives up three times fails and leaves nothing', () => {
  let runs = 0;
  expect(() => environment.transact('try', () => {
    runs++;
    store.put(key, Buffer.from([1]));
    throw badTransaction();
  })).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE', cause: expect.objectContaining({ code: -30782 }) as unknown }) as Error);
  expect(runs).toBe(3);
  expect(store.get(key)).toBeUndefined();
});

test('an error of the program itself comes through as it is, after one run', () => {
  let runs = 0;
  expect(() => environment.transact('try', () => {
    runs++;
    throw new RangeError('mine');
  })).toThrow(RangeError);
  expect(runs).toBe(1);
});

test('a snapshot stays as it was, and a new one shows what came', async () => {
  const before = environment.snapshot();
  environment.transact('put', () => store.put(key, Buffer.from([1])));
  const after = environment.snapshot();
  expect(store.get(key, before)).toBeUndefined();
  expect(store.get(key, after)).toEqual(Buffer.from([1]));
  await environment.release(before);
  await environment.release(after);
});

test('ranges take their beginning and leave their end, both ways', async () => {
  const keys = [1, 2, 3, 4].map((byte) => Buffer.from([byte]));
  environment.transact('put', () => keys.forEach((one) => store.put(one, one)));
  const snapshot = environment.snapshot();
  const bytes = (entries: Iterable<{ key: Uint8Array }>): number[] => Array.from(entries, (entry) => entry.key[0]);
  expect(bytes(store.entries(keys[1], keys[3], snapshot))).toEqual([2, 3]);
  expect(bytes(store.entriesBack(keys[3], keys[1], snapshot))).toEqual([4, 3]);
  expect(store.first(Buffer.from([2, 0]), keys[3], snapshot)?.key).toEqual(keys[2]);
  expect(store.first(Buffer.from([3, 0]), keys[3], snapshot)).toBeUndefined();
  expect(store.last(Buffer.from([3, 0]), keys[1], snapshot)?.key).toEqual(keys[2]);
  expect(store.last(Buffer.from([2, 0]), keys[1], snapshot)).toBeUndefined();
  await environment.release(snapshot);
});

test('a value of a page leaves no second page in use', async () => {
  const value = Buffer.alloc(PAGE_BYTES, 1);
  for (let round = 0; round < 10; round++) {
    environment.transact('put', () => {
      for (let i = 0; i < 100; i++) store.put(Buffer.from([round, i]), value);
    });
  }
  expect((await stat(join(dir, 'data.mdb'))).size / 1000).toBeLessThan(4096 * 1.25);
});
