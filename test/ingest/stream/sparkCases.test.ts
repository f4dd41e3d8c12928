import { describe, expect, test } from 'vitest';
import {
  cogroup,
  combineByKey,
  count,
  countByValue,
  countByValueAndWindow,
  countByWindow,
  filter,
  flatMap,
  flatMapValues,
  fullOuterJoin,
  groupByKey,
  groupByKeyAndWindow,
  join,
  leftOuterJoin,
  map,
  mapValues,
  mapWithState,
  type Operator,
  type Pair,
  pair,
  queue,
  reduce,
  reduceByKey,
  reduceByKeyAndWindow,
  rightOuterJoin,
  type Stream,
  StreamContext,
  transform,
  transformAll,
  transformWith,
  union,
  updateStateByKey,
  window,
} from '../../../ingest/stream.ts';
import { collect } from './running.ts';

/*
 * The cases of Spark Streaming's guide and suites (BasicOperations, WindowOperations, MapWithState), as Spark's own engine
 * answers them; where ours answers otherwise, the name says so. The first batch ends at 1 s, as theirs does.
 */
const SECOND = 1000;
type Batches<T> = readonly (readonly T[])[];

function contextFromZero(): StreamContext {
  return new StreamContext({ batchInterval: SECOND, clock: { now: () => 0, waitUntil: () => Promise.reject(new Error('by hand')) } });
}

async function run<T, U>(batches: Batches<T>, operator: Operator<Stream<T>, Stream<U>>): Promise<(readonly U[])[]> {
  const context = contextFromZero();
  const results = collect(context.from(queue(batches)).pipe(operator));
  for (const _ of batches) await context.runBatch();
  return results;
}

const NUMBERS = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]];
const WORDS = [['a', 'a', 'b'], ['', ''], []];
const add = (a: number, b: number): number => a + b;
const ones = map((word: string) => pair(word, 1));

describe('item by item, and batch by batch', () => {
  test('map, flatMap and filter', async () => {
    expect(await run(NUMBERS, map(String))).toEqual([['1', '2', '3', '4'], ['5', '6', '7', '8'], ['9', '10', '11', '12']]);
    expect(await run([[1, 2], [3]], flatMap((n: number) => [n, n * 2]))).toEqual([[1, 2, 2, 4], [3, 6]]);
    expect(await run(NUMBERS, filter((n: number) => n % 2 === 0))).toEqual([[2, 4], [6, 8], [10, 12]]);
  });

  test('mapPartitions is transform: a batch is in one piece', async () => {
    expect(await run(NUMBERS, transform((items: readonly number[]) => [items.reduce(add)]))).toEqual([[10], [26], [42]]);
  });

  test('reduce, count and countByValue', async () => {
    expect(await run(NUMBERS, reduce(add))).toEqual([[10], [26], [42]]);
    expect(await run([[], [1], [1, 2], [1, 2, 3]], count())).toEqual([[0], [1], [2], [3]]);
    expect(await run([[1], [1, 1, 1], [1, 2], [1, 1, 2, 2]], countByValue<number>()))
      .toEqual([[[1, 1]], [[1, 3]], [[1, 1], [2, 1]], [[1, 2], [2, 2]]]);
  });

  test('groupByKey, reduceByKey and combineByKey take the empty text for a key like any other', async () => {
    expect(await run(WORDS, (words) => words.pipe(ones, groupByKey()))).toEqual([[['a', [1, 1]], ['b', [1]]], [['', [1, 1]]], []]);
    expect(await run(WORDS, (words) => words.pipe(ones, reduceByKey(add)))).toEqual([[['a', 2], ['b', 1]], [['', 2]], []]);
    const texts = combineByKey<string, number, string>({ create: (n) => `${n}`, add: (all, n) => `${all}+${n}` });
    expect(await run(WORDS, (words) => words.pipe(ones, texts))).toEqual([[['a', '1+1'], ['b', '1']], [['', '1+1']], []]);
  });

  test('mapValues and flatMapValues leave the keys as they are', async () => {
    expect(await run(WORDS, (words) => words.pipe(ones, reduceByKey(add), mapValues((n) => n + 10))))
      .toEqual([[['a', 12], ['b', 11]], [['', 12]], []]);
    expect(await run(WORDS, (words) => words.pipe(ones, reduceByKey(add), flatMapValues((n) => [n, n + 10]))))
      .toEqual([[['a', 2], ['a', 12], ['b', 1], ['b', 11]], [['', 2], ['', 12]], []]);
    expect(await run([[pair('a', 1), pair('b', 2)]], flatMapValues((n: number) => (n > 1 ? [n] : [])))).toEqual([[['b', 2]]]);
  });

  test('union of a stream with others, of itself made too', async () => {
    expect(await run([[1, 2], [101]], (s) => s.pipe(union(s.pipe(map((n: number) => n + 4)), s.pipe(map((n: number) => n + 8))))))
      .toEqual([[1, 2, 5, 6, 9, 10], [101, 105, 109]]);
  });
});

describe('of several streams', () => {
  const HERE = [['a', 'b'], ['a', ''], [''], []];
  const THERE = [['a', 'b'], ['b', ''], [], ['']];

  async function both(
    operator: (there: Stream<Pair<string, string>>) => Operator<Stream<Pair<string, number>>, Stream<unknown>>,
  ): Promise<unknown> {
    const context = contextFromZero();
    const there = context.from(queue(THERE)).pipe(map((word) => pair(word, 'x')));
    const results = collect(context.from(queue(HERE)).pipe(ones, operator(there)));
    for (const _ of HERE) await context.runBatch();
    return results;
  }

  test('joins, with undefined for what Spark calls None', async () => {
    const pairs = [[['a', [1, 'x']], ['b', [1, 'x']]], [['', [1, 'x']]], [], []];
    expect(await both((there) => join(there))).toEqual(pairs);
    expect(await both((there) => leftOuterJoin(there)))
      .toEqual([pairs[0], [['a', [1, undefined]], ['', [1, 'x']]], [['', [1, undefined]]], []]);
    expect(await both((there) => rightOuterJoin(there)))
      .toEqual([pairs[0], [['', [1, 'x']], ['b', [undefined, 'x']]], [], [['', [undefined, 'x']]]]);
    expect(await both((there) => fullOuterJoin(there))).toEqual([
      pairs[0],
      [['a', [1, undefined]], ['', [1, 'x']], ['b', [undefined, 'x']]],
      [['', [1, undefined]]],
      [['', [undefined, 'x']]],
    ]);
  });

  test('cogroup has the values of both, none where a key is in one only', async () => {
    expect(await both((there) => cogroup(there))).toEqual([
      [['a', [[1], ['x']]], ['b', [[1], ['x']]]],
      [['a', [[1], []]], ['', [[1], ['x']]], ['b', [[], ['x']]]],
      [['', [[1], []]]],
      [['', [[], ['x']]]],
    ]);
  });

  test('transformWith gets both batches and their time, and may wait', async () => {
    expect(await both((there) => transformWith(there, async (ours, theirs, time) => [
      `${time}: ${ours.map(([word]) => word).join('|')} / ${theirs.map(([word]) => word).join('|')}`,
    ]))).toEqual([['1000: a|b / a|b'], ['2000: a| / b|'], ['3000:  / '], ['4000:  / ']]);
  });

  test('transformAll gets the batches of any number of streams', async () => {
    const context = contextFromZero();
    const numbers = context.from(queue([[1, 2], [101]]));
    const words = context.from(queue([['a'], ['b', 'c']]));
    const all = collect(transformAll(
      [numbers, numbers.pipe(map((n) => n + 4)), words],
      ([ns, more, ws], time) => [`${time}: ${[...ns, ...more].join(' ')} ${ws.join(' ')}`],
    ));
    expect(() => transformAll([], () => [])).toThrow('expected transformAll of one stream at least, got none');
    expect(() => transformAll([numbers, numbers.pipe(window(2000, 2000))], () => [])).toThrow('intervals of 1000 and 2000 ms');
    expect(() => numbers.pipe(transformWith(contextFromZero().from(queue([[1]])), () => []))).toThrow('one context');
    for (let i = 0; i < 2; i++) await context.runBatch();
    expect(all).toEqual([['1000: 1 2 5 6 a'], ['2000: 101 105 b c']]);
  });
});

describe('windows', () => {
  const ITEMS = [[0], [1], [2], [3], [4], [5]];

  test.each([
    ['basic', 2, 1, [[0], [0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]],
    ['tumbling', 2, 2, [[0, 1], [2, 3], [4, 5]]],
    ['larger', 4, 2, [[0, 1], [0, 1, 2, 3], [2, 3, 4, 5], [4, 5]]],
    ['non-overlapping', 2, 3, [[1, 2], [4, 5]]],
  ] as const)('window: %s', async (_, length, slide, expected) => {
    const batches = length === 4 ? [...ITEMS, [], []] : ITEMS;
    expect(await run(batches, window(length * SECOND, slide * SECOND))).toEqual(expected);
  });

  const BIG = ['a', 'ab', 'abc', 'ab', 'a', '', 'a', 'ab', 'abc', 'ab', 'a', ''].map((keys) => [...keys].map((key) => pair(key, 1)));
  const SUMS = ['a1', 'a2b1', 'a2b2c1', 'a2b2c1', 'a2b1', 'a1', 'a1', 'a2b1', 'a2b2c1', 'a2b2c1', 'a2b1', 'a1'];
  const textOf = (batches: Batches<Pair<string, number>>): string[] =>
    batches.map((batch) => [...batch].sort().map(([key, n]) => `${key}${n}`).join(''));
  const inverse = (total: number, left: number): number => total - left;

  test.each([['without', undefined], ['with', inverse]])('reduceByKeyAndWindow %s an inverse function', async (_, its) => {
    const overTwo = reduceByKeyAndWindow<string, number>(add, { length: 2 * SECOND, inverse: its });
    expect(textOf(await run([[pair('a', 1), pair('a', 3)]], overTwo))).toEqual(['a4']);
    expect(textOf(await run([[pair('a', 1)], [pair('a', 1), pair('b', 1)]], overTwo))).toEqual(['a1', 'a2b1']);
    // A key that has left the window is gone with an inverse function too: Spark keeps it at 0 there, unless it has a filter.
    expect(textOf(await run([[pair('a', 1)], [pair('a', 1)], [], []], overTwo))).toEqual(['a1', 'a2', 'a1', '']);
    expect(textOf(await run(BIG, overTwo))).toEqual(SUMS);
    const larger = reduceByKeyAndWindow<string, number>(add, { length: 4 * SECOND, slide: 2 * SECOND, inverse: its });
    const rising = [1, 2, 3, 4, 5, 6].map((n) => [pair('a', n)]);
    expect(textOf(await run([...rising, [], []], larger))).toEqual(['a3', 'a10', 'a18', 'a11']);
  });

  test('the filter of a window says which pairs are given; what it leaves out counts on', async () => {
    for (const its of [undefined, inverse]) {
      const filtered = reduceByKeyAndWindow<string, number>(add, { length: 2 * SECOND, inverse: its, filter: ([, n]) => n !== 1 });
      expect(textOf(await run(BIG, filtered))).toEqual(SUMS.map((text) => text.replaceAll(/[a-z]1/g, '')));
    }
  });

  test('groupByKeyAndWindow', async () => {
    const groups = await run(BIG, groupByKeyAndWindow<string, number>(2 * SECOND));
    expect(groups.map((batch) => [...batch].sort().map(([key, values]) => `${key}${values.length}`).join(''))).toEqual(SUMS);
    const values = await run([[pair('a', 1), pair('a', 2)], [pair('a', 3)], [pair('b', 4)]], groupByKeyAndWindow<string, number>(2000));
    expect(values).toEqual([[['a', [1, 2]]], [['a', [1, 2, 3]]], [['a', [3]], ['b', [4]]]]);
  });

  test('countByWindow and countByValueAndWindow', async () => {
    expect(await run([[1], [1], [1, 2], [0], [], []], countByWindow(2 * SECOND))).toEqual([[1], [2], [3], [3], [1], [0]]);
    const counts = await run([['a'], ['b', 'b'], ['a', 'b']], countByValueAndWindow<string>(2 * SECOND));
    expect(textOf(counts)).toEqual(['a1', 'a1b2', 'a1b3']);
  });
});

describe('state by key', () => {
  const LETTERS = [['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b'], ['a'], []];
  const total = (values: readonly number[], state = 0): number => values.reduce(add, state);

  test('updateStateByKey, from nothing and from an initial state', async () => {
    const update = (initialState: Pair<string, number>[]) =>
      run(LETTERS, (letters) => letters.pipe(ones, updateStateByKey<string, number, number>(total, { initialState })));
    const textOf = (batches: Batches<Pair<string, number>>): string[] =>
      batches.map((batch) => [...batch].sort().map(([key, n]) => `${key}${n}`).join(''));
    expect(textOf(await update([]))).toEqual(['a1', 'a2b1', 'a3b2c1', 'a4b3c1', 'a5b3c1', 'a5b3c1']);
    expect(textOf(await update([pair('a', 1), pair('c', 2)]))).toEqual(['a2c2', 'a3b1c2', 'a4b2c3', 'a5b3c3', 'a6b3c3', 'a6b3c3']);
  });

  test('updateStateByKey knows the batch and the key: the times at which a key came are added up', async () => {
    const times = await run(LETTERS, (letters) => letters.pipe(
      ones,
      updateStateByKey<string, number, number>((values, state = 0, { time }) => (values.length > 0 ? state + time : state), {
        initialState: [pair('a', 0), pair('c', 0)],
      }),
    ));
    expect(times.map((batch) => Object.fromEntries(batch))).toEqual([
      { a: 1000, c: 0 },
      { a: 3000, b: 2000, c: 0 },
      { a: 6000, b: 5000, c: 3000 },
      { a: 10_000, b: 9000, c: 3000 },
      { a: 15_000, b: 9000, c: 3000 },
      { a: 15_000, b: 9000, c: 3000 },
    ]);
    const keys = await run([['x'], ['y']], (letters) => letters.pipe(
      ones,
      updateStateByKey<string, number, string>((_, __, { key, time }) => `${key}@${time}`),
    ));
    expect(keys).toEqual([[['x', 'x@1000']], [['x', 'x@2000'], ['y', 'y@2000']]]);
  });

  test('updateStateByKey keeps objects over the batches', async () => {
    const words = await run(LETTERS, (letters) => letters.pipe(
      ones,
      updateStateByKey<string, number, { count: number }>((values, state) => ({ count: total(values, state?.count) })),
    ));
    expect(Object.fromEntries(words.at(-1)!)).toEqual({ a: { count: 5 }, b: { count: 3 }, c: { count: 1 } });
  });

  test('mapWithState knows the batch time, and gives results, snapshots and what times out', async () => {
    const context = contextFromZero();
    const counted = context.from(queue([['a', 'b'], ['a'], [], [], []])).pipe(ones, mapWithState<string, number, number, string>(
      (key, value, state, time) => {
        if (state.isTimingOut()) return `${key} left at ${time} with ${state.get()}`;
        state.update((state.getOption() ?? 0) + value!);
        return `${key} ${state.get()} at ${time}`;
      },
      { timeout: 2 * SECOND },
    ));
    const results = collect(counted);
    const snapshots = collect(counted.stateSnapshots());
    for (let i = 0; i < 5; i++) await context.runBatch();
    expect(results).toEqual([['a 1 at 1000', 'b 1 at 1000'], ['a 2 at 2000'], [], ['b left at 4000 with 1'], ['a left at 5000 with 2']]);
    expect(snapshots.map((batch) => batch.map(([key, n]) => `${key}${n}`).join(' '))).toEqual(['a1 b1', 'b1 a2', 'b1 a2', 'a2', '']);
  });

  test('mapWithState: a state that was removed begins anew', async () => {
    const results = await run([['a'], ['a'], ['a'], ['a']], (letters) => letters.pipe(
      ones,
      mapWithState<string, number, number, string>((_, __, state) => {
        if (state.exists()) state.remove();
        else state.update(1);
        return `${state.exists()} ${state.getOption()}`;
      }),
    ));
    expect(results.flat()).toEqual(['true 1', 'false undefined', 'true 1', 'false undefined']);
  });
});
