import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Environment, type Store } from '../../../storage/lmdb/environment.ts';
import { checkPageFile } from '../../../storage/lmdb/pageFile.ts';

const PAGE = 4096;
let dir: string;
let file: string;
const opened: Environment[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wellwatch-page-file-'));
  file = join(dir, 'data.mdb');
});
afterEach(async () => {
  for (const environment of opened.splice(0)) await environment.close();
  await rm(dir, { recursive: true });
});

async function open(): Promise<{ environment: Environment; store: Store }> {
  const environment = await Environment.open(dir, true);
  const stores = environment?.stores(['one'], true);
  if (!environment || !stores) throw new Error('it should open');
  opened.push(environment);
  return { environment, store: stores.one };
}

function keyOf(number: number): Buffer {
  return Buffer.from([number >> 8, number & 0xff]);
}

/** A closed store with values of many sizes, on overflow pages too. */
async function makeStore(): Promise<void> {
  const { environment, store } = await open();
  for (const from of [0, 200]) {
    environment.transact('put', () => {
      for (let i = from; i < from + 200; i++) store.put(keyOf(i), Buffer.alloc(1 + ((i * 97) % 9000), i));
    });
  }
  await environment.close();
}

/** The length that the newest meta page tells of. */
async function toldLength(): Promise<number> {
  const bytes = await readFile(file);
  const [first, second] = [0, PAGE].map((at) => ({ last: bytes.readBigUInt64LE(at + 144), transaction: bytes.readBigUInt64LE(at + 152) }));
  return (Number((second.transaction > first.transaction ? second : first).last) + 1) * PAGE;
}

/** Writes and removes in one transaction, so that pages are given back before they were written. */
function churn(environment: Environment, store: Store, round: number): void {
  environment.transact('churn', () => {
    for (let i = 0; i < 200; i++) {
      const key = keyOf((i * 7919 + round * 104_729) % 1024);
      if ((i + round) % 3 > 0) store.put(key, Buffer.alloc(1 + ((i * round * 31) % 1900), i));
      else store.remove(key);
    }
    for (let i = 0; i < round % 100; i++) store.put(keyOf(2000 + i), Buffer.alloc(500, i));
    for (let i = round % 100; i-- > 0;) store.remove(keyOf(2000 + i));
  });
}

const damaged = () => ({
  code: 'STORE_DAMAGED',
  message: expect.stringMatching(/data\.mdb is damaged: .+\. Restore it from a backup, or move it away/) as string,
});

test.each([
  ['half', (size: number) => size / 2],
  ['all but the last byte', (size: number) => size - 1],
  ['two pages', () => 2 * PAGE],
  ['100 bytes', () => 100],
])('a file of which %s is left is damaged', async (_, left) => {
  await makeStore();
  await truncate(file, left((await stat(file)).size));
  await expect(Environment.open(dir, true)).rejects.toMatchObject(damaged());
  await expect(Environment.open(dir, false)).rejects.toMatchObject(damaged());
});

test.each([
  ['both meta pages', 0, 2 * PAGE],
  ['the first meta page', 0, PAGE],
  ['the second meta page', PAGE, 2 * PAGE],
])('garbage over %s is damage', async (_, from, to) => {
  await makeStore();
  const bytes = await readFile(file);
  for (let at = from; at < to; at++) bytes[at] = (at * 167 + 13) & 0xff;
  await writeFile(file, bytes);
  await expect(Environment.open(dir, true)).rejects.toMatchObject(damaged());
});

test('an absent file is sound, and so is an empty one', async () => {
  await expect(checkPageFile(file)).resolves.toBeUndefined();
  await writeFile(file, '');
  const { environment, store } = await open();
  environment.transact('put', () => store.put(keyOf(1), Buffer.from([1])));
  await expect(checkPageFile(file)).resolves.toBeUndefined();
});

test('a sound file may end before the last page it tells of, when that was given back before it was written', async () => {
  const { environment, store } = await open();
  let short = 0;
  for (let round = 0; round < 200; round++) {
    churn(environment, store, round);
    if ((await stat(file)).size === await toldLength()) continue;
    short++;
    await checkPageFile(file);
  }
  expect(short).toBeGreaterThan(0);
});

test('beside a writer nothing is called damaged', async () => {
  const { environment, store } = await open();
  let writing = true;
  const writer = (async () => {
    for (let round = 0; writing; round++) {
      churn(environment, store, round);
      await turn();
    }
  })();
  try {
    for (let i = 0; i < 200; i++) await checkPageFile(file);
  } finally {
    writing = false;
    await writer;
  }
});

test('a file that is just being made is looked at again', async () => {
  await makeStore();
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, 100));
  const checked = checkPageFile(file);
  setTimeout(() => void writeFile(file, bytes), 20);
  await expect(checked).resolves.toBeUndefined();
});
