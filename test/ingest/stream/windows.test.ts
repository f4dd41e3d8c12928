import { expect, test } from 'vitest';
import {
  countByValueAndWindow,
  countByWindow,
  join,
  mergeStatistics,
  meanOf,
  type Pair,
  pair,
  queue,
  reduceByKeyAndWindow,
  reduceByWindow,
  statisticsOf,
  map,
  window,
} from '../../../ingest/stream.ts';
import { PaneTree } from '../../../ingest/stream/paneTree.ts';
import { collect, contextOf, INTERVAL, run, START } from './running.ts';
import fc from '../../support/property.ts';

const add = (a: number, b: number): number => a + b;
const subtract = (total: number, left: number): number => total - left;

test('a window holds the items of its length, every slide', async () => {
  expect(await run([['a'], ['b'], [], ['c', 'd']], window(3 * INTERVAL))).toEqual([['a'], ['a', 'b'], ['a', 'b'], ['b', 'c', 'd']]);
  // START + 2 s is a multiple of 4 s: windows end with the first batch, the third and the fifth.
  expect(await run([['a'], ['b'], ['c'], ['d'], ['e']], window(3 * INTERVAL, 2 * INTERVAL))).toEqual([
    ['a'],
    ['a', 'b', 'c'],
    ['c', 'd', 'e'],
  ]);
});

test('psi of 6 s every 2 s by pump: count, min, max, mean', async () => {
  const batches = [[pair('COHUTTA', 85), pair('COHUTTA', 87)], [pair('COHUTTA', 92), pair('LAGNAPPE', 80)], [], [pair('LAGNAPPE', 0)]];
  const results = await run(batches, (psi) => psi.pipe(
    map(([pump, value]: Pair<string, number>) => pair(pump, statisticsOf(value))),
    reduceByKeyAndWindow(mergeStatistics, { length: 6000, slide: 2000 }),
    map(([pump, psi]) => [pump, psi.count, psi.min, psi.max, meanOf(psi)]),
  ));
  expect(results).toEqual([
    [['COHUTTA', 2, 85, 87, 86]],
    [['COHUTTA', 3, 85, 92, 88], ['LAGNAPPE', 1, 80, 80, 80]],
    [['COHUTTA', 3, 85, 92, 88], ['LAGNAPPE', 1, 80, 80, 80]],
    [['COHUTTA', 1, 92, 92, 92], ['LAGNAPPE', 2, 0, 80, 40]],
  ]);
});

test('with an inverse function a key that leaves the window is forgotten', async () => {
  const batches = [[pair('a', 0.1), pair('b', 1)], [pair('a', 0.2)], [], []];
  const results = await run(batches, reduceByKeyAndWindow<string, number>(add, { length: 2 * INTERVAL, inverse: subtract }));
  expect(results).toEqual([[['a', 0.1], ['b', 1]], [['a', 0.1 + 0.2], ['b', 1]], [['a', 0.1 + 0.2 - 0.1]], []]);
});

test('counts by window: 0 when nothing came, by value only what is there', async () => {
  const batches = [['a', 'b', 'a'], ['b'], [], []];
  expect(await run(batches, countByWindow(2 * INTERVAL))).toEqual([[3], [4], [1], [0]]);
  expect(await run(batches, countByValueAndWindow<string>(2 * INTERVAL))).toEqual([
    [
      ['a', 2],
      ['b', 1],
    ],
    [
      ['a', 2],
      ['b', 2],
    ],
    [['b', 1]],
    [],
  ]);
  expect(
    await run(
      batches,
      reduceByWindow((a: string, b: string) => a + b, { length: 2 * INTERVAL }),
    ),
  ).toEqual([['aba'], ['abab'], ['b'], []]);
});

test('a length or slide that is no multiple of the interval is refused with a sentence', () => {
  const stream = contextOf().from(queue([['a']]));
  expect(() => stream.pipe(window(3000))).toThrow(
    "expected the window's length to be a multiple of the interval of its stream, 2000 ms, got 3000 ms",
  );
  expect(() => stream.pipe(countByWindow(4000, 1000))).toThrow("expected the window's slide");
  expect(() => stream.pipe(window(0))).toThrow("expected the window's length");
  // A window of a window that slides by 4 s must be a multiple of these.
  expect(() => stream.pipe(window(4000, 4000), window(6000))).toThrow('4000 ms, got 6000 ms');
});

test('windows with different slides are not joined', () => {
  const context = contextOf();
  const a = context.from(queue([[pair('a', 1)]])).pipe(window(4000, 4000));
  const b = context.from(queue([[pair('a', 1)]])).pipe(window(4000, 2000));
  expect(() => a.pipe(join(b))).toThrow(/intervals of 4000 and 2000 ms: give all windows the same slide/);
});

test('two windows join what came within their length', async () => {
  const context = contextOf();
  const a = context.from(queue([[pair('a', 1)], [], []])).pipe(window(4000));
  const b = context.from(queue([[], [pair('a', 'x')], []])).pipe(window(4000));
  const joined = collect(a.pipe(join(b)));
  for (let i = 0; i < 3; i++) await context.runBatch();
  expect(joined).toEqual([[], [['a', [1, 'x']]], []]);
});

const keyedBatches = fc.array(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -9, max: 9 })), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 40,
});

test('windows of any length and slide are what recomputing them from all items gives', async () => {
  await fc.assert(
    fc.asyncProperty(keyedBatches, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), async (batches, panes, slides) => {
      const [length, slide] = [panes * INTERVAL, slides * INTERVAL];
      const naive = batches.flatMap((_, i) => {
        const time = START + (i + 1) * INTERVAL;
        if (time % slide !== 0) return [];
        const totals = new Map<string, number>();
        for (const [key, value] of batches.slice(Math.max(0, i + 1 - panes), i + 1).flat()) totals.set(key, (totals.get(key) ?? 0) + value);
        return [[...totals].sort()];
      });
      const sorted = (results: (readonly Pair<string, number>[])[]): unknown => results.map((result) => [...result].sort());
      expect(sorted(await run(batches, reduceByKeyAndWindow(add, { length, slide })))).toEqual(naive);
      expect(sorted(await run(batches, reduceByKeyAndWindow(add, { length, slide, inverse: subtract })))).toEqual(naive);
      const items = await run(batches, window<[string, number]>(length, slide));
      expect(items.map((batch) => batch.reduce((sum, [, value]) => sum + value, 0))).toEqual(
        naive.map((totals) => totals.reduce((sum, [, value]) => sum + value, 0)),
      );
    }),
    { numRuns: 150 },
  );
});

test('a pane tree gives any window in order of time, with panes left out, at few combinations a pane', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 0, max: 200 }),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 150 }),
      (panes, first, steps) => {
        let combinations = 0;
        const tree = new PaneTree<string>(panes, (a, b) => {
          combinations++;
          return `${a} ${b}`;
        });
        const all: number[] = [];
        let pane = first;
        for (const step of steps) {
          pane += step > 3 ? 1 : step * step * 10; // mostly the next one, now and then a gap
          all.push(pane);
          tree.append(pane, String(pane));
          const before = combinations;
          expect(tree.window()).toBe(all.filter((other) => other > pane - panes).join(' '));
          expect(combinations - before).toBeLessThanOrEqual(1);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('what a pane costs does not grow with the length of the window', () => {
  const combinationsOf = (panes: number): { mean: number; most: number } => {
    let combinations = 0;
    const tree = new PaneTree<number>(panes, (a, b) => {
      combinations++;
      return a + b;
    });
    let most = 0;
    let wrong = 0;
    for (let pane = 1e6; pane < 1e6 + 4 * panes; pane++) {
      const before = combinations;
      tree.append(pane, 1);
      if (tree.window() !== Math.min(panes, pane - 1e6 + 1)) wrong++;
      most = Math.max(most, combinations - before);
    }
    expect(wrong).toBe(0);
    return { mean: combinations / (4 * panes), most };
  };
  expect(combinationsOf(30).mean).toBeLessThan(5);
  expect(combinationsOf(43_200).mean).toBeLessThan(5);
  expect(combinationsOf(43_200).most).toBeLessThan(60);
});
