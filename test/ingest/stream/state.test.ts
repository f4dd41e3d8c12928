import { expect, test } from 'vitest';
import { flatMap, mapWithState, pair, type Pair, queue, updateStateByKey } from '../../../ingest/stream.ts';
import { collect, contextOf, INTERVAL, run } from './running.ts';

const one = (key: string): Pair<string, number> => pair(key, 1);

test('updateStateByKey calls every key in every batch, and undefined removes a state', async () => {
  const calls: string[] = [];
  const results = await run([[one('a'), one('a'), one('b')], [one('b')], []], updateStateByKey<string, number, number>((values, state) => {
    calls.push(`${values.length}/${state}`);
    const total = values.reduce((sum, value) => sum + value, state ?? 0);
    return total === 2 && values.length === 0 ? undefined : total;
  }));
  expect(results).toEqual([[['a', 2], ['b', 1]], [['b', 2]], []]);
  expect(calls).toEqual(['2/undefined', '1/undefined', '0/2', '1/1', '0/2']);
});

test('updateStateByKey begins with the initial state', async () => {
  const operator = updateStateByKey<string, number, number>((values, state = 0) => state + values.length, {
    initialState: [pair('a', 10)],
  });
  expect(await run([[one('b')], [one('a')]], operator)).toEqual([[['a', 10], ['b', 1]], [['a', 11], ['b', 1]]]);
});

test('mapWithState maps item by item, seeing the state that the item before it left', async () => {
  const results = await run(
    [[pair('a', 5), pair('b', 7), pair('a', 6)], [pair('a', 1)]],
    mapWithState<string, number, number, string>((key, value = 0, state) => {
      const total = (state.getOption() ?? 0) + value;
      state.update(total);
      return value === 7 ? undefined : `${key} ${total}`;
    }),
  );
  expect(results).toEqual([['a 5', 'a 11'], ['a 12']]);
});

test('a state that was removed does not exist for the next item', async () => {
  const results = await run(
    [[pair('a', 1), pair('a', -1), pair('a', 2)]],
    mapWithState<string, number, number, string>((_, value = 0, state) => {
      const seen = state.exists() ? `had ${state.get()}` : 'had none';
      if (value < 0) state.remove();
      else state.update(value);
      return seen;
    }),
  );
  expect(results).toEqual([['had none', 'had 1', 'had none']]);
});

test('a key times out when it was idle for longer than the timeout, the one that was idle longest first', async () => {
  const context = contextOf();
  const input = context.from(queue([[one('a'), one('b')], [one('a')], [one('c')], [], [], []]));
  const mapped = input.pipe(mapWithState<string, number, number, string>((key, value, state) => {
    if (state.isTimingOut()) return `${key} leaves with ${state.get()}`;
    state.update((state.getOption() ?? 100) + (value ?? 0));
    return undefined;
  }, { timeout: 2 * INTERVAL, initialState: [pair('z', 26)] }));
  const results = collect(mapped);
  const snapshots = collect(mapped.stateSnapshots());
  for (let i = 0; i < 6; i++) await context.runBatch();
  expect(results).toEqual([[], [], [], ['z leaves with 26', 'b leaves with 101'], ['a leaves with 102'], ['c leaves with 101']]);
  expect(snapshots).toEqual([
    [['z', 26], ['a', 101], ['b', 101]],
    [['z', 26], ['b', 101], ['a', 102]],
    [['z', 26], ['b', 101], ['a', 102], ['c', 101]],
    [['a', 102], ['c', 101]],
    [['c', 101]],
    [],
  ]);
});

test('a state that is timing out can not be kept alive, one that is absent not be read', async () => {
  const update = mapWithState<string, number, number, string>((_, __, state) => {
    if (state.isTimingOut()) state.update(1);
    else state.update(0);
    return undefined;
  }, { timeout: 0 });
  await expect(run([[one('a')], []], update)).rejects.toThrow('timing out');
  await expect(
    run(
      [[one('a')]],
      mapWithState((_: string, __: number | undefined, state) => state.get() as number),
    ),
  ).rejects.toThrow('got none for this key yet');
});

test('an error in an operator ends the context for good', async () => {
  const context = contextOf();
  context.from(queue([['a'], ['b']])).pipe(flatMap((): string[] => { throw new Error('out of order'); }));
  await expect(context.runBatch()).rejects.toThrow('out of order');
  await expect(context.runBatch()).rejects.toThrow('out of order');
});
