import { expect, test } from 'vitest';
import {
  combineByKey,
  eventTimeWindow,
  foreachBatch,
  fromIterable,
  groupByKeyAndWindow,
  join,
  joinWithReference,
  leftOuterJoinWithReference,
  map,
  mapWithState,
  type Pair,
  pair,
  push,
  queue,
  reduce,
  reduceByKey,
  reduceByKeyAndWindow,
  reduceByWindow,
  type Stream,
  StreamContext,
  updateStateByKey,
  window,
} from '../../../ingest/stream.ts';
import { ownCopy } from '../../../ingest/stream/ownCopy.ts';
import { tempDir } from '../../support/tempDir.ts';
import { collect, contextOf, INTERVAL, run } from './running.ts';

interface Counter {
  n: number;
}
const one = (): Pair<string, Counter> => pair('a', { n: 1 });
const SIX = Array.from({ length: 6 }, () => [one()]);
/** Functions as programs that save allocations write them. */
const addInPlace = (a: Counter, b: Counter): Counter => {
  a.n += b.n;
  return a;
};
const takeInPlace = (total: Counter, left: Counter): Counter => {
  total.n -= left.n;
  return total;
};
const secondInPlace = (a: Counter, b: Counter): Counter => {
  b.n += a.n;
  return b;
};
const numbersOf = (batches: readonly (readonly Pair<string, Counter>[])[]): number[] => batches.map(([[, { n }]]) => n);

test.each([['first', addInPlace], ['second', secondInPlace]])('a reduce function that changes its %s argument', async (_, f) => {
  const length = 3 * INTERVAL;
  expect(numbersOf(await run(SIX, reduceByKeyAndWindow<string, Counter>(f, { length })))).toEqual([1, 2, 3, 3, 3, 3]);
  expect(numbersOf(await run(SIX, reduceByKeyAndWindow<string, Counter>(f, { length, inverse: takeInPlace })))).toEqual([1, 2, 3, 3, 3, 3]);
  expect(await run(SIX.map(([[, counter]]) => [counter]), reduceByWindow(f, { length }))).toEqual([1, 2, 3, 3, 3, 3].map((n) => [{ n }]));
  const batches = [[one(), one(), one()], [one()]];
  expect(numbersOf(await run(batches, reduceByKey<string, Counter>(f)))).toEqual([3, 1]);
  expect(batches).toEqual([[one(), one(), one()], [one()]]);
});

test('an object that a function gives for each item is not changed by a fold over them', async () => {
  const shared = { n: 1 };
  const perItem = map((): Pair<string, Counter> => pair('a', shared));
  expect(numbersOf(await run([[1, 2, 3], [4]], (items) => items.pipe(perItem, reduceByKey(addInPlace))))).toEqual([3, 1]);
  expect(await run([[1, 2, 3], [4]], (items) => items.pipe(map(() => shared), reduce(addInPlace)))).toEqual([[{ n: 3 }], [{ n: 1 }]]);
  const all = await run([[1, 2], [3]], (items) => items.pipe(
    perItem,
    combineByKey<string, Counter, Counter>({ create: (first) => first, add: addInPlace }),
  ));
  expect(numbersOf(all)).toEqual([2, 1]);
  expect(shared).toEqual({ n: 1 });
});

test('what comes out of a window may be changed: the next window is as if it had not been', async () => {
  const spoil = <T extends Counter>(item: T): T => {
    item.n += 100;
    return item;
  };
  const items = [[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]];
  const spoilt = await run(items, (stream) => stream.pipe(window(2 * INTERVAL), map(spoil)));
  expect(spoilt.map((batch) => batch.map(({ n }) => n))).toEqual([[101], [101, 102], [102, 103]]);
  for (const inverse of [undefined, takeInPlace]) {
    const reduced = await run(SIX, (stream) => stream.pipe(
      reduceByKeyAndWindow(addInPlace, { length: 3 * INTERVAL, inverse }),
      map((each) => pair(each[0], spoil(each[1]))),
    ));
    expect(numbersOf(reduced)).toEqual([101, 102, 103, 103, 103, 103]);
  }
  const groups = await run(SIX.slice(0, 3), (stream) => stream.pipe(
    groupByKeyAndWindow<string, Counter>(2 * INTERVAL),
    map(([, counters]) => counters.map((counter) => spoil(counter).n)),
  ));
  expect(groups).toEqual([[[101]], [[101, 101]], [[101, 101]]]);
});

/** What an operator of four batches gives, batch by batch, when contexts that follow on each other run so many of them each. */
async function totals(
  batchesOfEach: readonly number[],
  build: (input: Stream<Pair<string, number>>) => Stream<unknown>,
): Promise<unknown[]> {
  const dir = tempDir();
  const told: unknown[] = [];
  for (const batches of batchesOfEach) {
    const context = await StreamContext.getOrCreate(dir, () => {
      const created = contextOf();
      build(created.from(queue([[pair('a', 1)], [pair('a', 2), pair('b', 5)], [], [pair('a', 4)]])))
        .pipe(foreachBatch(({ items }) => { told.push(JSON.stringify(items)); }));
      return created;
    });
    for (let i = 0; i < batches; i++) await context.runBatch();
  }
  return told;
}

test('a state that is changed in place is in the checkpoint', async () => {
  const update = (input: Stream<Pair<string, number>>): Stream<unknown> => input.pipe(
    updateStateByKey<string, number, { sum: number; list: number[] }>((values, state = { sum: 0, list: [] }) => {
      for (const value of values) {
        state.sum += value;
        state.list.push(value);
      }
      return state;
    }),
  );
  expect(await totals([1, 1, 1, 1], update)).toEqual(await totals([4], update));
  expect((await totals([4], update)).at(-1)).toBe('[["a",{"sum":7,"list":[1,2,4]}],["b",{"sum":5,"list":[5]}]]');
});

test('a state that was got and changed in place counts as updated, with a snapshot and after a restart', async () => {
  const update = (input: Stream<Pair<string, number>>): Stream<unknown> => input.pipe(
    mapWithState<string, number, Counter, number>((_, value = 0, state) => {
      if (!state.exists()) state.update({ n: 0 });
      return state.get().n += value;
    }),
    (mapped) => mapped.stateSnapshots(),
  );
  expect(await totals([1, 1, 1, 1], update)).toEqual(await totals([4], update));
  expect((await totals([4], update)).at(-1)).toBe('[["a",{"n":7}],["b",{"n":5}]]');
});

test('a checkpoint has only states of another value: a function that gives a new, equal object each time writes nothing', async () => {
  const changes: number[] = [];
  const context = contextOf({ checkpoint: {
    load: async () => undefined,
    save: async ({ state }) => { changes.push(state['total updateStateByKey/states'].length); },
  } });
  context.from(queue([[pair('a', 1), pair('b', 1)], [pair('a', 1)], []])).pipe(
    updateStateByKey<string, number, Counter>((values, state) => ({ n: (state?.n ?? 0) + values.length }), { name: 'total' }),
  );
  for (let i = 0; i < 3; i++) await context.runBatch();
  expect(changes).toEqual([2, 1, 0]);
});

test('states that were given out, or are held by the program, may be changed', async () => {
  const initial = { n: 10 };
  const held = { n: 0 };
  const results = await run([[pair('a', 1)], [pair('b', 2)], []], (stream) => stream.pipe(
    updateStateByKey<string, number, Counter>((values, state) => {
      if (state) return state;
      held.n = values[0];
      return held; // the same object for every key
    }, { initialState: [pair('z', initial)] }),
    map(([key, state]) => `${key} ${(state.n += 0.5) - 0.5}`),
  ));
  initial.n = -1;
  expect(results).toEqual([['z 10', 'a 1'], ['z 10', 'a 1', 'b 2'], ['z 10', 'a 1', 'b 2']]);
});

test('what one branch of a stream changes is seen by no other, and not in what the source was given', async () => {
  const batches = [[one()], [one()]];
  const context = contextOf();
  const counters = context.from(queue(batches));
  const both = [1, 2].map(() => collect(counters.pipe(map((each) => {
    each[1].n += 1;
    return each[1].n;
  }))));
  const joined = collect(counters.pipe(join(counters), map(([, [left, right]]) => (left.n += 10) + right.n)));
  for (const _ of batches) await context.runBatch();
  expect([...both, joined]).toEqual([[[2], [2]], [[2], [2]], [[12], [12]]]);
  expect(batches).toEqual([[one()], [one()]]);
});

test('an object that was pushed, or comes from an iterable, may be used again at once', async () => {
  const context = contextOf();
  const source = push<Counter>();
  const scratch = { n: 0 };
  const iterable = function* (): Iterable<Counter> { for (scratch.n = 1; scratch.n <= 3; scratch.n++) yield scratch; };
  const pushed = collect(context.from(source));
  const iterated = collect(context.from(fromIterable(iterable(), { rowsPerBatch: 3 })));
  const reused = { n: 1 };
  await source.push(reused);
  reused.n = 2;
  await source.push(reused);
  reused.n = 3;
  await context.runBatch();
  expect(pushed).toEqual([[{ n: 1 }, { n: 2 }]]);
  expect(iterated).toEqual([[{ n: 1 }, { n: 2 }, { n: 3 }]]);
});

test('what a reference has can not be changed by what it was joined with: a sentence says so, and the reference is as it was', async () => {
  const reference = new Map([['a', { vendor: 'GE', history: [{ n: 1 }] }]]);
  for (const joinWith of [joinWithReference, leftOuterJoinWithReference]) {
    const spoil = run([[pair('a', 1), pair('a', 2)]], (stream: Stream<Pair<string, number>>) => stream.pipe(
      (input) => joinWith<string, number, { vendor: string; history: Counter[] }>(reference)(input) as Stream<
        Pair<string, readonly [number, { vendor: string; history: Counter[] }]>
      >,
      map(([, [psi, known]]) => {
        known.history[0].n += psi;
        return known;
      }),
    ));
    await expect(spoil).rejects.toThrow('expected a function to leave what it was given as it is, got one of map that changes it');
    await expect(spoil).rejects.toMatchObject({ code: 'CONFIG' });
  }
  expect(reference.get('a')).toEqual({ vendor: 'GE', history: [{ n: 1 }] });
  reference.get('a')!.vendor = 'Hughes'; // the program's own, which it may change
  const joined = await run([[pair('a', 1)]], joinWithReference<string, number, { vendor: string }>(reference));
  expect(joined).toMatchObject([[['a', [1, { vendor: 'Hughes' }]]]]);
});

test('the aggregate of an event-time window may be changed by what adds to it, and by who gets it', async () => {
  const results = await run([[{ at: 1, n: 1 }, { at: 2, n: 2 }], [{ at: 3, n: 3 }], [{ at: 100, n: 0 }]], (stream) => stream.pipe(
    eventTimeWindow<{ at: number; n: number }, string, { all: number[] }>({
      time: ({ at }) => at, key: () => 'a', length: 10, slide: 10, lateness: 0,
      zero: { all: [] },
      add: (aggregate, { n }) => {
        aggregate.all.push(n);
        return aggregate;
      },
    }),
    map(({ value, status }) => {
      value.all.sort((a, b) => b - a);
      return `${status} ${value.all.splice(0).join(' ')}`;
    }),
  ));
  expect(results).toEqual([['provisional 2 1'], ['provisional 3 2 1'], ['provisional 0', 'final 3 2 1']]);
});

test('a copy has dates, maps and sets of its own, of an object that leads back to itself too; instances are as they are', () => {
  class Pump { psi = 1; }
  const pump = new Pump();
  const value = { at: new Date(5), map: new Map([['a', { n: 1 }]]), set: new Set([[1]]), pump, none: Object.create(null) as object };
  const copy = ownCopy(value);
  expect(copy).toEqual(value);
  for (const part of ['at', 'map', 'set', 'none'] as const) expect(copy[part]).not.toBe(value[part]);
  expect(copy.map.get('a')).not.toBe(value.map.get('a'));
  expect(copy.pump).toBe(pump);
  interface Ring { next?: Ring; others?: Ring[] }
  const ring: Ring = {};
  ring.next = { next: ring, others: [ring, ring] };
  expect(ownCopy(ring).next!.next!.next!.others).toHaveLength(2);
});
