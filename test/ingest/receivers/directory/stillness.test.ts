import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  readdirSync,
  renameSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ClaimedFile, Inbox } from '../../../../ingest/receivers/directory/inbox.ts';
import { dropFile } from '../../../support/inbox.ts';
import { tempDir } from '../../../support/tempDir.ts';

const LINE = 'P,3/10/14,1:01,1,2,3,4,50,6.25\n';

/** An inbox that was looked at before anything came, and its monotonic clock. */
function watched(settle: number | 'auto' = 'auto') {
  let ticks = 10_000;
  const box = new Inbox({ path: tempDir(), settle, now: Date.now, ticks: () => ticks });
  box.prepare();
  box.scan();
  return { box, path: (name: string) => join(box.path, name), pass: (ms: number) => (ticks += ms), ready: () => box.scan().ready };
}

const claimed = (box: Inbox, name: string) => box.claim(name) as ClaimedFile;

test('a file that was moved in is taken at once, and its last line is believed', () => {
  const { box, ready } = watched();
  dropFile(box.path, 'moved.csv', LINE.trim());
  expect(ready()).toEqual(['moved.csv']);
  expect(claimed(box, 'moved.csv').whole).toBe(true);
});

test('a copy that gets its old time at its end is whole', () => {
  const { path, ready } = watched();
  writeFileSync(path('x.csv'), LINE);
  utimesSync(path('x.csv'), 1000, 1000);
  expect(ready()).toEqual(['x.csv']);
});

test('one that was written and moved within a tick of the file system’s clock is known by the folder’s events', () => {
  const { box, path, pass, ready } = watched();
  for (const name of ['moved.csv', 'copied.csv']) {
    // Written with both times alike until they are: what the events say is all that tells the two apart.
    do writeFileSync(path(name), LINE); while (lstatSync(path(name)).mtimeMs !== lstatSync(path(name)).ctimeMs);
    box.heard('rename', name);
  }
  box.heard('change', 'copied.csv');
  expect(ready()).toEqual([]);
  pass(60);
  expect(ready()).toEqual(['moved.csv']);
});

test('a file that is written in place waits until it has been still for two seconds, whatever the site’s clock does', () => {
  const { path, pass, ready } = watched();
  writeFileSync(path('slow.csv'), LINE);
  expect(ready()).toEqual([]);
  pass(1900);
  appendFileSync(path('slow.csv'), LINE);
  expect(ready()).toEqual([]);
  pass(1900);
  expect(ready()).toEqual([]);
  pass(200);
  expect(ready()).toEqual(['slow.csv']);
});

test('one that grew after it was seen is not whole, though it has its old time back', () => {
  const { path, pass, ready } = watched();
  writeFileSync(path('x.csv'), LINE);
  ready();
  appendFileSync(path('x.csv'), LINE);
  utimesSync(path('x.csv'), 1000, 1000);
  expect(ready()).toEqual([]);
  pass(2100);
  expect(ready()).toEqual(['x.csv']);
});

test.each([
  ['that ends in the middle of a line', LINE.slice(0, -5)],
  ['whose length was set first', `${LINE}${'\0'.repeat(5000)}`],
])('a file %s waits for longer', (_, text) => {
  const { box, path, pass, ready } = watched();
  writeFileSync(path('x.csv'), text);
  ready();
  pass(2100);
  expect(ready()).toEqual(['x.csv']);
  expect(box.claim('x.csv')).toBe('wait');
  pass(3000);
  expect(claimed(box, 'x.csv').whole).toBe(true);
});

test('a file with NULs at its end waits also when its times look as if it had been moved', () => {
  const { box, path, pass } = watched();
  const fd = openSync(path('x.csv'), 'w');
  ftruncateSync(fd, 10_000);
  writeSync(fd, LINE);
  closeSync(fd);
  utimesSync(path('x.csv'), 1000, 1000);
  expect(box.claim('x.csv')).toBe('wait');
  pass(5100);
  expect(claimed(box, 'x.csv').name).toBe('x.csv');
});

test('an empty file may be the beginning of one: it waits', () => {
  const { path, pass, ready } = watched();
  writeFileSync(path('x.csv'), '');
  utimesSync(path('x.csv'), 1000, 1000);
  expect(ready()).toEqual([]);
  pass(2100);
  expect(ready()).toEqual(['x.csv']);
});

test('what lay in the inbox for long before the first look does not wait', async () => {
  const path = tempDir();
  const box = new Inbox({ path, settle: 'auto', now: Date.now, ticks: () => 0 });
  box.prepare();
  writeFileSync(join(path, 'x.csv'), LINE.trim());
  await new Promise((resolve) => setTimeout(resolve, 5100));
  expect(box.scan().ready).toEqual(['x.csv']);
  expect(claimed(box, 'x.csv').whole).toBe(true);
  expect(readdirSync(join(path, '.claimed')).length).toBe(1);
});

test('claims are found again in their order, though the site’s clock was set back between them', () => {
  const path = tempDir();
  let now = Date.UTC(2026, 0, 2);
  const first = new Inbox({ path, settle: 0, now: () => now });
  first.prepare();
  for (const name of ['a.csv', 'b.csv']) {
    dropFile(path, name, LINE);
    first.scan();
    first.claim(name);
    now -= 3_600_000;
  }
  const second = new Inbox({ path, settle: 0, now: () => now });
  const names = (box: Inbox) => box.leftovers(() => false).map(({ name }) => name);
  expect(names(second)).toEqual(['a.csv', 'b.csv']);
  dropFile(path, 'c.csv', LINE);
  second.scan();
  second.claim('c.csv');
  expect(names(new Inbox({ path, settle: 0, now: () => now }))).toEqual(['a.csv', 'b.csv', 'c.csv']);
});

test.each([
  [3, 3],
  [40, 1],
])('%i files of one look are claimed in the order of their times, in %i folders, and found again in it', (count, folders) => {
  const path = tempDir();
  const box = new Inbox({ path, settle: 0, now: Date.now });
  box.prepare();
  const names = Array.from({ length: count }, (_, i) => `${(i * 7919) % 1000}.csv`);
  for (const [i, name] of names.entries()) {
    dropFile(path, name, LINE);
    utimesSync(join(path, name), 1000 + i, 1000 + i);
  }
  for (const name of box.scan().ready) box.claim(name);
  const found = new Inbox({ path, settle: 0, now: Date.now }).leftovers(() => false);
  expect(found.map(({ name }) => name)).toEqual(names);
  expect(readdirSync(join(path, '.claimed')).length).toBe(folders);
  for (const file of found) box.done(file);
  expect(readdirSync(join(path, '.claimed'))).toEqual([]);
});

test('a claim that an earlier version made keeps its id, and so its position', () => {
  const path = tempDir();
  const box = new Inbox({ path, settle: 0, now: Date.now });
  box.prepare();
  mkdirSync(join(path, '.claimed', '00old-1-0'));
  writeFileSync(join(path, 'x'), LINE);
  renameSync(join(path, 'x'), join(path, '.claimed', '00old-1-0', 'x.csv'));
  expect(box.leftovers((id) => id === '00old-1-0')).toMatchObject([{ id: '00old-1-0', name: 'x.csv' }]);
  expect(box.leftovers(() => false)).toMatchObject([{ id: '00old-1-0/x.csv', name: 'x.csv' }]);
});
