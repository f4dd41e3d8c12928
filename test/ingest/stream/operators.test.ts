import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join as pathOf } from 'node:path';
import { expect, test } from 'vitest';
import {
  cogroup,
  count,
  countByValue,
  filter,
  flatMap,
  fullOuterJoin,
  groupByKey,
  join,
  leftOuterJoin,
  map,
  type Operator,
  type Pair,
  pair,
  print,
  queue,
  reduce,
  reduceByKey,
  rightOuterJoin,
  saveAsTextFiles,
  type Stream,
  transform,
  union,
} from '../../../ingest/stream.ts';
import { tempDir } from '../../support/tempDir.ts';
import { collect, contextOf, run } from './running.ts';

test('map, filter and flatMap work item by item and batch by batch', async () => {
  expect(await run([[1, 2], [], [3]], map((n: number) => n * 10))).toEqual([[10, 20], [], [30]]);
  expect(await run([[1, 2], [4]], filter((n: number) => n % 2 === 0))).toEqual([[2], [4]]);
  expect(await run([['a b', 'c'], ['']], flatMap((line: string) => line.split(' ')))).toEqual([['a', 'b', 'c'], ['']]);
});

test('transform gets the whole batch and its time, and may wait', async () => {
  const results = await run([['b', 'a'], []], transform(async (items: readonly string[], time) => [...items].sort().concat(String(time))));
  expect(results).toEqual([['a', 'b', '1394413260000'], ['1394413262000']]);
});

test('count gives 0 for an empty batch, reduce nothing', async () => {
  expect(await run([['a', 'b'], []], count())).toEqual([[2], [0]]);
  expect(await run([['a', 'b', 'c'], []], reduce((a: string, b: string) => a + b))).toEqual([['abc'], []]);
});

test('words are counted', async () => {
  const results = await run([['to be or', 'not to be'], ['be']], (lines) => lines.pipe(
    flatMap((line: string) => line.split(' ')),
    map((word) => pair(word, 1)),
    reduceByKey((a, b) => a + b),
  ));
  expect(results).toEqual([[['to', 2], ['be', 2], ['or', 1], ['not', 1]], [['be', 1]]]);
  expect(await run([['to', 'be', 'to']], countByValue<string>())).toEqual([[['to', 2], ['be', 1]]]);
});

test('keys of several parts are the same when their parts are, and never the same as a text', async () => {
  const day = (): readonly string[] => ['COHUTTA', '2014-03-10'];
  const batch = [
    pair(day(), 1),
    pair(day(), 2),
    pair('\0["COHUTTA","2014-03-10"]', 4),
    pair(['1'], 8),
    pair([1], 16),
    pair(1, 32),
    pair('1', 64),
    pair(null, 128),
  ];
  const [results] = await run([batch], reduceByKey<(typeof batch)[number][0], number>((a, b) => a + b));
  expect(results.map(([, value]) => value)).toEqual([3, 4, 8, 16, 32, 64, 128]);
  expect(results[0][0]).toEqual(day());
});

test('groupByKey keeps the order of values', async () => {
  expect(await run([[pair('a', 1), pair('b', 2), pair('a', 3)]], groupByKey<string, number>())).toEqual([[['a', [1, 3]], ['b', [2]]]]);
});

const LEFT = [pair('a', 1), pair('b', 2), pair('a', 3)];
const RIGHT = [pair('a', 'x'), pair('c', 'y'), pair('a', 'z')];

async function together(
  operator: (right: Stream<Pair<string, string>>) => Operator<Stream<Pair<string, number>>, Stream<unknown>>,
): Promise<unknown> {
  const context = contextOf();
  const right = context.from(queue([RIGHT]));
  const results = collect(context.from(queue([LEFT])).pipe(operator(right)));
  await context.runBatch();
  return results[0];
}

test('joins pair every value of a key with every value of the other stream', async () => {
  const pairs = [['a', [1, 'x']], ['a', [1, 'z']], ['a', [3, 'x']], ['a', [3, 'z']]];
  expect(await together((right) => join(right))).toEqual(pairs);
  expect(await together((right) => leftOuterJoin(right))).toEqual([...pairs, ['b', [2, undefined]]]);
  expect(await together((right) => rightOuterJoin(right))).toEqual([...pairs, ['c', [undefined, 'y']]]);
  expect(await together((right) => fullOuterJoin(right))).toEqual([...pairs, ['b', [2, undefined]], ['c', [undefined, 'y']]]);
  expect(await together((right) => cogroup(right))).toEqual([['a', [[1, 3], ['x', 'z']]], ['b', [[2], []]], ['c', [[], ['y']]]]);
});

test('union takes one stream after the other', async () => {
  const context = contextOf();
  const [a, b, c] = [queue([[1]]), queue([[2, 3]]), queue([[4]])].map((source) => context.from(source));
  const results = collect(a.pipe(union(b, c)));
  await context.runBatch();
  expect(results).toEqual([[1, 2, 3, 4]]);
});

test('streams of different contexts are not put together', () => {
  expect(() => contextOf().from(queue([[1]])).pipe(union(contextOf().from(queue([[2]]))))).toThrow(/one context/);
});

test('print shows the time, the first ten and the count', async () => {
  const lines: string[] = [];
  const context = contextOf();
  const rows = Array.from({ length: 12 }, (_, i) => pair(`pump ${i}`, [i, undefined]));
  context.from(queue<unknown>([rows, ['text', { psi: 1 }]])).pipe(print({ write: (line) => lines.push(line) }));
  await context.runBatch();
  const rule = '-'.repeat(43);
  expect(lines.splice(0)).toEqual([
    rule,
    'Time: 1394413260000 ms',
    rule,
    ...rows.slice(0, 10).map((_, i) => `(pump ${i},(${i},none))`),
    '...',
    'count: 12',
  ]);
  await context.runBatch();
  expect(lines).toEqual([rule, 'Time: 1394413262000 ms', rule, 'text', '{"psi":1}', 'count: 2']);
});

test('text files have the time in their names and nothing is left beside them', async () => {
  const dir = tempDir();
  const context = contextOf();
  context.from(queue([['a', 'b'], []])).pipe(saveAsTextFiles(pathOf(dir, 'sub', 'words'), 'txt'));
  await context.runBatch();
  const report = await context.runBatch();
  expect(await readdir(pathOf(dir, 'sub'))).toEqual(['words-1394413260000.txt', 'words-1394413262000.txt']);
  expect(await readFile(pathOf(dir, 'sub', 'words-1394413260000.txt'), 'utf8')).toBe('a\nb\n');
  expect(report.outputs).toMatchObject([{ name: '1 saveAsTextFiles', rows: 0 }]);
});

test('a file that can not be written ends the stream with a sentence', async () => {
  const context = contextOf();
  const file = pathOf(tempDir(), 'file');
  await writeFile(file, '');
  context.from(queue([['a']])).pipe(saveAsTextFiles(pathOf(file, 'words')));
  await expect(context.runBatch()).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('file/words-1394413260000') as string,
  });
});
