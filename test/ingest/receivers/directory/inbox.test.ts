import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBytes } from '../../../../ingest/receivers/directory/byteSource.ts';
import { type ClaimedFile, Inbox } from '../../../../ingest/receivers/directory/inbox.ts';
import { tempDir } from '../../../support/tempDir.ts';

function inbox(options: { settle?: number; ticks?: () => number; now?: () => number } = {}): Inbox {
  const box = new Inbox({ path: tempDir(), settle: 0, now: Date.now, ...options });
  box.prepare();
  return box;
}

const drop = (box: Inbox, name: string, text = 'x', mtime = 1000) => {
  writeFileSync(join(box.path, name), text);
  utimesSync(join(box.path, name), mtime, mtime);
};
const list = (box: Inbox, folder: string) => readdirSync(join(box.path, folder)).sort();

test('finds .csv and .csv.gz, the oldest first, and leaves hidden and unfinished names, other files and sub-folders alone, and names ' +
  'the latter', () => {
  const box = inbox();
  drop(box, 'young.csv', 'x', 3000);
  drop(box, 'old.CSV.gz', 'x', 1000);
  drop(box, 'b.csv', 'x', 2000);
  drop(box, 'a.csv', 'x', 2000);
  for (const name of ['.hidden.csv', '_half.csv', 'x.csv.tmp', 'x.csv.part', 'x.csv~', 'notes.txt']) drop(box, name);
  mkdirSync(join(box.path, 'archive'));
  expect(box.scan()).toEqual({ ready: ['old.CSV.gz', 'a.csv', 'b.csv', 'young.csv'], settling: 0, ignored: ['archive/', 'notes.txt'] });
});

test('a claimed file is out of sight, is found again after a crash, and moves to done/', () => {
  const box = inbox();
  drop(box, 'x.csv', 'hello');
  const file = box.claim('x.csv') as ClaimedFile;
  expect(box.scan().ready).toEqual([]);
  expect(readFileSync(file.path, 'utf8')).toBe('hello');
  const afterCrash = new Inbox({ path: box.path, settle: 0, now: Date.now });
  expect(afterCrash.leftovers(() => false)).toEqual([{ ...file, whole: expect.any(Boolean) as boolean }]);
  afterCrash.done(file);
  expect(list(box, 'done')).toEqual(['x.csv']);
  expect(list(box, '.claimed')).toEqual([]);
});

test('a name that is taken in done/ gets a suffix, and nothing is overwritten', () => {
  const box = inbox({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
  const long = `${'ü'.repeat(120)}.csv.gz`;
  for (const text of ['1', '2', '3']) {
    for (const name of ['x.csv', long]) {
      drop(box, name, text);
      box.done(box.claim(name) as ClaimedFile);
    }
  }
  expect(list(box, 'done').filter((name) => name.startsWith('x'))).toEqual([
    'x.20260102T030405.006Z-1.csv',
    'x.20260102T030405.006Z.csv',
    'x.csv',
  ]);
  expect(
    list(box, 'done')
      .map((name) => readFileSync(join(box.path, 'done', name), 'utf8'))
      .sort(),
  ).toEqual(['1', '1', '2', '2', '3', '3']);
});

test('a refused file lies in failed/ with the reason beside it', () => {
  const box = inbox();
  drop(box, 'x.csv');
  box.fail(box.claim('x.csv') as ClaimedFile, 'because');
  expect(list(box, 'failed')).toEqual(['x.csv', 'x.csv.reason.txt']);
  expect(readFileSync(join(box.path, 'failed', 'x.csv.reason.txt'), 'utf8')).toBe('because\n');
});

test('what is no regular file is refused and never followed', () => {
  const box = inbox();
  mkdirSync(join(box.path, 'folder.csv'));
  writeFileSync(join(box.path, 'target.txt'), 'secret');
  symlinkSync(join(box.path, 'target.txt'), join(box.path, 'link.csv'));
  symlinkSync('/nowhere', join(box.path, 'dangling.csv'));
  execFileSync('mkfifo', [join(box.path, 'pipe.csv.gz')]);
  expect(box.scan().ready.length).toBe(4);
  for (const name of box.scan().ready)
    expect(box.claim(name)).toEqual({ refused: expect.stringContaining('expected a regular file') as string });
  expect(list(box, 'failed').filter((name) => !name.endsWith('.reason.txt'))).toEqual([
    'dangling.csv',
    'folder.csv',
    'link.csv',
    'pipe.csv.gz',
  ]);
  expect(existsSync(join(box.path, 'target.txt'))).toBe(true);
});

test('what was put in the place of a claimed file is never followed, and a reason is never written through a link', async () => {
  const box = inbox();
  const secret = join(tempDir(), 'secret.csv');
  writeFileSync(secret, 'secret');
  drop(box, 'x.csv', 'a row');
  const file = box.claim('x.csv') as ClaimedFile;
  rmSync(file.path);
  symlinkSync(secret, file.path);
  await expect(openBytes(file.path, 0)).rejects.toThrow('ELOOP');
  const afterCrash = new Inbox({ path: box.path, settle: 0, now: Date.now });
  expect(afterCrash.leftovers(() => false)).toEqual([]);
  expect(list(box, 'failed')).toEqual(['x.csv', 'x.csv.reason.txt']);

  drop(box, 'y.csv', '');
  symlinkSync(secret, join(box.path, 'failed', 'y.csv.reason.txt'));
  box.fail(box.claim('y.csv') as ClaimedFile, 'because');
  expect(readFileSync(secret, 'utf8')).toBe('secret');
});

test('with a settle time a file is taken only when it has been still that long', () => {
  let now = 0;
  const box = inbox({ settle: 1000, ticks: () => now });
  drop(box, 'x.csv', 'a');
  expect(box.scan()).toMatchObject({ ready: [], settling: 1 });
  now = 900;
  drop(box, 'x.csv', 'ab', 1001);
  expect(box.scan().ready).toEqual([]);
  now = 1800;
  expect(box.scan().ready).toEqual([]);
  now = 1900;
  expect(box.scan()).toMatchObject({ ready: ['x.csv'], settling: 0 });
});

test('a file that is gone before it can be claimed is nobody’s fault', () => {
  expect(inbox().claim('gone.csv')).toBeUndefined();
});

test('an inbox that can’t be made says what it needs', () => {
  const path = join(tempDir(), 'file');
  writeFileSync(path, '');
  expect(() => new Inbox({ path, settle: 0, now: Date.now }).prepare()).toThrow(expect.objectContaining({ code: 'INBOX_UNAVAILABLE' }));
});
