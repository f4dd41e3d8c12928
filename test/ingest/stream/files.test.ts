import { mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  type FilesOptions,
  foreachBatch,
  ManualClock,
  objectFiles,
  queue,
  saveAsObjectFiles,
  StreamContext,
  type StreamSource,
  textFiles,
} from '../../../ingest/stream.ts';
import { tempDir } from '../../support/tempDir.ts';
import { contextOf, START } from './running.ts';

/** A source of files with what it logs; each batch by hand. */
function files(dir: string, options: FilesOptions = {}, make: (dir: string, options: FilesOptions) => StreamSource<string> = textFiles) {
  const logged: string[] = [];
  const source = make(dir, options);
  const begun = Promise.resolve(source.start!(({ level, message }) => logged.push(`${level} ${message}`), () => undefined));
  return { source, logged, begun, lines: async () => [...(await source.take(0))] };
}

test('files of a folder are read once, in order of their names, hidden and unfinished ones not at all', async () => {
  const dir = tempDir();
  const source = textFiles(dir);
  writeFileSync(pathOf(dir, 'b.csv'), 'b1\r\nb2');
  writeFileSync(pathOf(dir, 'a.csv'), 'a1\n\n');
  writeFileSync(pathOf(dir, '.hidden'), 'x\n');
  writeFileSync(pathOf(dir, '_SUCCESS'), '');
  writeFileSync(pathOf(dir, 'c.tmp'), 'x\n');
  mkdirSync(pathOf(dir, 'folder'));
  expect(await source.take(0)).toEqual(['a1', '', 'b1', 'b2']);
  writeFileSync(pathOf(dir, '0.csv'), 'again\n');
  expect(await source.take(0)).toEqual(['again']);
  rmSync(pathOf(dir, 'a.csv'));
  expect(await source.take(0)).toEqual([]);
  writeFileSync(pathOf(dir, 'a.csv'), 'new\n');
  expect(await source.take(0)).toEqual(['new']);
  await expect(textFiles(pathOf(dir, 'none')).take(0)).rejects.toMatchObject({ code: 'INBOX_UNAVAILABLE' });
});

test('a file that is taken away before it is read is left out', async () => {
  const dir = tempDir();
  for (let i = 100; i < 300; i++) writeFileSync(pathOf(dir, `${i}.csv`), `${i}\n`);
  const source = textFiles(dir);
  const batch = source.take(0);
  while (source.state!.read.entries().length === 0) await new Promise(setImmediate); // The folder has been listed then.
  rmSync(pathOf(dir, '299.csv'));
  expect(await batch).toEqual(Array.from({ length: 199 }, (_, i) => String(i + 100)));
});

test('another file of a name that was read is read; one that was only touched is not', async () => {
  const dir = tempDir();
  const path = pathOf(dir, 'report.txt');
  writeFileSync(path, 'hour 1\n');
  const { lines, logged, begun } = files(dir);
  await begun;
  expect(await lines()).toEqual(['hour 1']);
  writeFileSync(pathOf(dir, '.new'), 'hour 2\n');
  renameSync(pathOf(dir, '.new'), path);
  utimesSync(path, 1, 1);
  expect(await lines()).toEqual(['hour 2']);
  writeFileSync(path, 'hour 3\n'); // the same file, written anew
  utimesSync(path, 2, 2);
  expect(await lines()).toEqual(['hour 3']);
  const said = `info ${path} is another file than the one of that name that was read: it is read`;
  expect(logged).toEqual([said, said]);
  utimesSync(path, 3, 3);
  expect(await lines()).toEqual([]);
  writeFileSync(pathOf(dir, '.again'), 'hour 3\n'); // the same content, delivered once more
  renameSync(pathOf(dir, '.again'), path);
  expect(await lines()).toEqual(['hour 3']);
});

test('of a file that has grown what was added is read, with a warning', async () => {
  const dir = tempDir();
  const { lines, logged } = files(dir);
  writeFileSync(pathOf(dir, 'a.txt'), 'one\n');
  expect(await lines()).toEqual(['one']);
  writeFileSync(pathOf(dir, 'a.txt'), 'two\nthree', { flag: 'a' });
  expect(await lines()).toEqual(['two', 'three']);
  expect(logged).toEqual([
    `warn ${pathOf(dir, 'a.txt')} has grown since it was read: what was added is read. Move files in when they are whole`,
  ]);
});

test('a byte order mark is no part of the first line, .gz is unpacked, and one that can not be is told and left out', async () => {
  const dir = tempDir();
  const { lines, logged } = files(dir);
  writeFileSync(pathOf(dir, 'a.txt'), '\ufeffhour 1\n');
  writeFileSync(pathOf(dir, 'b.txt.gz'), gzipSync('\ufeffpacked\r\nÖl\n'));
  writeFileSync(pathOf(dir, 'c.txt.gz'), 'no gzip');
  writeFileSync(pathOf(dir, 'd.txt'), 'last\n');
  expect(await lines()).toEqual(['hour 1', 'packed', 'Öl', 'last']);
  expect(await lines()).toEqual([]);
  const said = /^error .*c\.txt\.gz can't be unpacked: incorrect header check\. It is left out until it changes$/;
  expect(logged).toEqual([expect.stringMatching(said)]);
});

test('a filter says which files are read, and a pattern which folders', async () => {
  const dir = tempDir();
  for (const name of ['2025-12', '2026-01', '2026-02', 'other']) mkdirSync(pathOf(dir, name));
  for (const path of ['2025-12/old.csv', '2026-01/a.csv', '2026-02/a.csv', '2026-02/b.log', 'other/a.csv', 'top.csv'])
    writeFileSync(pathOf(dir, path), `${path}\n`);
  const read = (pattern: string, options?: FilesOptions) => files(pathOf(dir, pattern), options).lines();
  expect(await read('2026-*')).toEqual(['2026-01/a.csv', '2026-02/a.csv', '2026-02/b.log']);
  expect(await read('*', { filter: (path) => path.endsWith('a.csv') })).toEqual(['2026-01/a.csv', '2026-02/a.csv', 'other/a.csv']);
  expect(await read('20{25,26}-[01][!1]')).toEqual(['2025-12/old.csv', '2026-02/a.csv', '2026-02/b.log']);
  expect(await read('20??-12')).toEqual(['2025-12/old.csv']);
  expect(await read('none*')).toEqual([]);
  mkdirSync(pathOf(dir, 'data[1]'));
  writeFileSync(pathOf(dir, 'data[1]/x.csv'), 'x\n');
  expect(await read('data[1]')).toEqual(['x']);
  const { lines } = files(pathOf(dir, '2026-*'));
  await lines();
  mkdirSync(pathOf(dir, '2026-03'));
  writeFileSync(pathOf(dir, '2026-03/a.csv'), 'new folder\n');
  expect(await lines()).toEqual(['new folder']);
});

test('newFilesOnly leaves what lies there at the first start, and only then', async () => {
  const dir = tempDir();
  const state = tempDir();
  writeFileSync(pathOf(dir, 'old.txt'), 'old\n');
  const seen: string[] = [];
  const begin = (): Promise<StreamContext> => StreamContext.getOrCreate(state, () => {
    const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START), onEvent: () => undefined });
    context.from(textFiles(dir, { newFilesOnly: true })).pipe(foreachBatch(({ items }) => { seen.push(...items); }));
    return context;
  });
  const first = await begin();
  await first.runBatch();
  writeFileSync(pathOf(dir, 'a.txt'), 'a\n');
  await first.runBatch();
  await first.stop();
  writeFileSync(pathOf(dir, 'b.txt'), 'while nobody looked\n');
  writeFileSync(pathOf(dir, 'old.txt'), 'old no more\n');
  const second = await begin();
  await second.runBatch();
  await second.stop();
  expect(seen).toEqual(['a', 'while nobody looked', 'old no more']);
});

test('where the context has a rate, a batch takes whole files up to it', async () => {
  const dir = tempDir();
  for (const name of ['a', 'b', 'c']) writeFileSync(pathOf(dir, name), `${name}1\n${name}2\n`);
  const source = textFiles(dir);
  expect(await source.take(0, 3)).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(await source.take(0, 3)).toEqual(['c1', 'c2']);
});

test('objects that were saved are read again as they were; a line that is none is left out, with a warning', async () => {
  const dir = tempDir();
  const items = [{ pump: 'a', psi: [1, Infinity, -0], at: new Date(5), none: undefined }, ['b', null], 'text', 7];
  const context = contextOf();
  context.from(queue<unknown>([items, []])).pipe(saveAsObjectFiles(pathOf(dir, 'saved'), 'jsonl'));
  for (let i = 0; i < 2; i++) await context.runBatch();
  expect(readdirSync(dir)).toEqual(['saved-1394413260000.jsonl', 'saved-1394413262000.jsonl']);
  writeFileSync(pathOf(dir, 'tampered.jsonl'), '{"n":1}\n{"n":\n');
  const { source, logged } = files(dir, {}, objectFiles);
  expect(await source.take(0)).toStrictEqual([...items, { n: 1 }]);
  expect(logged).toEqual([expect.stringContaining('tampered.jsonl: 1 line is no JSON and is left out; the first: ')]);
  const refused = contextOf();
  refused.from(queue([[() => 1]])).pipe(saveAsObjectFiles(pathOf(dir, 'functions')));
  await expect(refused.runBatch()).rejects.toMatchObject({ code: 'CONFIG' });
});
