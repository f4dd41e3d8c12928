import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  addTo,
  count,
  countByValueAndWindow,
  eventTimeWindow,
  FileCheckpoints,
  foreachBatch,
  fromIterable,
  type Key,
  map,
  mapWithState,
  meanOf,
  mergeStatistics,
  NO_STATISTICS,
  type Pair,
  pair,
  queue,
  reduceByKeyAndWindow,
  reduceByWindow,
  statisticsOf,
  StreamContext,
  updateStateByKey,
  window,
} from '../../../ingest/stream.ts';
import { applyEntries, type Checkpoint, type Entry } from '../../../ingest/stream/checkpoint.ts';
import { StateMap } from '../../../ingest/stream/stateMap.ts';
import { decodeState, encodeState } from '../../../ingest/stream/stateValue.ts';
import fc from '../../support/property.ts';
import { tempDir } from '../../support/tempDir.ts';
import { contextOf, INTERVAL } from './running.ts';

type Reading = Pair<string, number>;

/** Readings that floating-point sums of different association tell apart. */
const BATCHES: Reading[][] = Array.from({ length: 14 }, (_, i) =>
  Array.from({ length: (i * 7) % 5 }, (_, j) => pair(`pump ${(i * j) % 3}`, 0.1 * (i + 1) + 1e-3 * j)));

/** Everything that has state, told to `told` with the batch's time. */
function build(told: (line: string) => void): StreamContext {
  const context = contextOf();
  const readings = context.from(queue(BATCHES));
  const more = context.from(fromIterable(Array.from({ length: 50 }, (_, i) => i / 7), { rowsPerBatch: 3 }));
  const out = (name: string) => foreachBatch(({ time, items }) => told(`${time} ${name} ${JSON.stringify(items)}`));
  const add = (a: number, b: number): number => a + b;
  readings.pipe(window(3 * INTERVAL, 2 * INTERVAL), out('window'));
  readings.pipe(reduceByKeyAndWindow(add, { length: 5 * INTERVAL }), out('tree'));
  readings.pipe(reduceByKeyAndWindow(add, { length: 6 * INTERVAL, slide: 3 * INTERVAL }), out('panes of three batches'));
  readings.pipe(reduceByKeyAndWindow(add, { length: 4 * INTERVAL, inverse: (a, b) => a - b }), out('inverse'));
  readings.pipe(map(([pump]) => pump), countByValueAndWindow(4 * INTERVAL, 2 * INTERVAL), out('counts'));
  readings.pipe(updateStateByKey<string, number, number>((values, state = 0) => values.reduce(add, state)), out('totals'));
  const means = readings.pipe(mapWithState<string, number, { min: number; n: number }, string>((pump, value, state) => {
    const { min, n } = state.getOption() ?? { min: Infinity, n: 0 };
    if (value === undefined) return `${pump} is silent after ${n}, min ${min}`;
    state.update({ min: Math.min(min, value), n: n + 1 });
    return `${pump} ${n + 1}`;
  }, { timeout: 3 * INTERVAL, initialState: [pair('never seen', { min: Infinity, n: 0 })] }));
  means.pipe(out('mapWithState'));
  means.stateSnapshots().pipe(out('snapshot'));
  more.pipe(
    map((n) => statisticsOf(n)),
    reduceByWindow(mergeStatistics, { length: 4 * INTERVAL }),
    map((psi) => [psi.count, psi.min, meanOf(psi)]),
    out('statistics'),
  );
  const events = readings.pipe(eventTimeWindow({
    time: ([, value]) => Math.round(value * 1000), key: ([pump]) => pump, id: ([, value]) => value,
    length: 400, slide: 200, lateness: 90, zero: NO_STATISTICS, add: (psi, [, value]) => addTo(psi, value),
  }));
  events.pipe(out('events'));
  events.late.pipe(out('late'));
  readings.pipe(count(), map(() => [events.lateCount(), events.watermark()]), out('late in all'));
  return context;
}

async function withoutKill(): Promise<string[]> {
  const told: string[] = [];
  const context = build((line) => told.push(line));
  for (const _ of BATCHES) await context.runBatch();
  return told;
}

test('after a kill at any batch, the outputs are those of a run without it, to the bit', async () => {
  const expected = await withoutKill();
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: BATCHES.length - 1 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (kills, compact) => {
        const checkpoints = (): FileCheckpoints => new FileCheckpoints(dir, { compactAbove: compact ? 0 : 1e6 });
        const dir = tempDir();
        const told: string[] = [];
        const begin = (): Promise<StreamContext> => StreamContext.getOrCreate(checkpoints(), () => build((line) => told.push(line)));
        let context = await begin();
        for (const i of BATCHES.keys()) {
          if (kills.includes(i)) context = await begin(); // the one before is dropped without a word
          await context.runBatch();
        }
        expect(told).toEqual(expected);
      },
    ),
    { numRuns: 12 },
  );
});

test('a batch that failed half-way runs again', async () => {
  const expected = await withoutKill();
  const dir = tempDir();
  const told: string[] = [];
  const context = await StreamContext.getOrCreate(dir, () => build((line) => {
    if (line.startsWith('1394413268000 inverse')) throw new Error('killed');
    told.push(line);
  }));
  for (let i = 0; i < 4; i++) await context.runBatch();
  const durable = told.length;
  await expect(context.runBatch()).rejects.toThrow('killed');
  told.length = durable;
  const again = await StreamContext.getOrCreate(dir, () => build((line) => told.push(line)));
  for (let i = 4; i < BATCHES.length; i++) await again.runBatch();
  expect(told).toEqual(expected);
});

/** A running total in a folder, and what is said about it. */
async function total(dir: string, batches: number): Promise<{ totals: number[]; events: string[] }> {
  const totals: number[] = [];
  const events: string[] = [];
  const onEvent = ({ message }: { message: string }): void => { events.push(message); };
  const context = await StreamContext.getOrCreate(new FileCheckpoints(dir, { onEvent, compactAbove: 300 }), () => {
    const created = contextOf({ onEvent });
    created.from(queue(Array.from({ length: 100 }, (_, i) => [pair('a', i + 1)]))).pipe(
      updateStateByKey<string, number, number>((values, state = 0) => values.reduce((a, b) => a + b, state), { name: 'total' }),
      foreachBatch(({ items }) => { totals.push(items[0][1]); }),
    );
    return created;
  });
  for (let i = 0; i < batches; i++) await context.runBatch();
  return { totals, events };
}
const sumTo = (n: number): number => (n * (n + 1)) / 2;
const newest = (dir: string, what: string): string => pathOf(dir, readdirSync(dir).filter((name) => name.endsWith(what)).sort().at(-1)!);

describe('checkpoints in a folder', () => {
  test('keep two generations and nothing else', async () => {
    const dir = tempDir();
    expect((await total(dir, 30)).totals.at(-1)).toBe(sumTo(30));
    const names = readdirSync(dir).filter((name) => !/\.(sock|pid)$/.test(name)).sort();
    expect(names.map((name) => name.replace(/^\d+/, ''))).toEqual(['.checkpoint', '.log', '.checkpoint', '.log']);
    expect(Number.parseInt(names[0])).toBeGreaterThan(1);
  });

  test('are made good from the one before when the newest is damaged: nothing is lost', async () => {
    const dir = tempDir();
    await total(dir, 30);
    const path = newest(dir, '.checkpoint');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"time":1', '"time":2'));
    const { totals, events } = await total(dir, 1);
    expect(totals).toEqual([sumTo(31)]);
    expect(events).toEqual([
      expect.stringMatching(/checkpoint can't be used: line 1 is damaged: its checksum does not fit\. The one before it is taken/),
    ]);
    expect(readdirSync(dir).filter((name) => name.endsWith('.unusable'))).toHaveLength(1);
    expect(await total(dir, 1)).toEqual({ totals: [sumTo(32)], events: [] });
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2), 'it is cut off'],
    ['empty', () => '', 'it is cut off'],
    ['something else', () => '\0\u0001\n\0\n', 'line 1 is no checkpoint'],
  ])('are made good from the one before when the newest is %s', async (_, spoil, why) => {
    const dir = tempDir();
    await total(dir, 30);
    const path = newest(dir, '.checkpoint');
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    const { totals, events } = await total(dir, 1);
    expect(totals).toEqual([sumTo(31)]);
    expect(events).toEqual([expect.stringContaining(`checkpoint can't be used: ${why}. The one before it is taken and its log read on`)]);
  });

  test.each(['.checkpoint', '.log'])('of a newer version in a %s are refused every time, and nothing is touched', async (what) => {
    const dir = tempDir();
    await total(dir, 31);
    const path = newest(dir, what);
    writeFileSync(path, 'wellwatch-stream 2 00000000 {}\n');
    const before = readdirSync(dir).sort();
    for (let i = 0; i < 2; i++)
      await expect(total(dir, 1)).rejects.toMatchObject({
        code: 'FORMAT_NEWER',
        message: expect.stringContaining('written by a newer version') as string,
      });
    expect(readdirSync(dir).filter((name) => /^\d/.test(name))).toEqual(before.filter((name) => /^\d/.test(name)));
  });

  test('with a damaged line in the log go back to the batch before it, and say so', async () => {
    const dir = tempDir();
    await total(dir, 3); // the first is whole, two are in the log
    const path = newest(dir, '.log');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [lines[0].replace('"number":2', '"number":9'), ...lines.slice(1)].join('\n'));
    const { totals, events } = await total(dir, 1);
    expect(totals).toEqual([sumTo(2)]);
    expect(events).toEqual([
      expect.stringContaining(
        'line 1 is damaged: its checksum does not fit. What the batches after 2014-03-10T01:01:00.000Z, up to 2014-03-10T01:01:04.000Z '
        + "changed is lost; they run again, but a source that can't give them again",
      ),
    ]);
  });

  test('with a torn last line run that batch again without a word', async () => {
    const dir = tempDir();
    await total(dir, 3);
    const path = newest(dir, '.log');
    truncateSync(path, readFileSync(path).length - 5);
    expect(await total(dir, 1)).toEqual({ totals: [sumTo(3)], events: [] });
  });

  test('with a line missing in the log do not skip a batch, and say so', async () => {
    const dir = tempDir();
    await total(dir, 3);
    const path = newest(dir, '.log');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.slice(1).join('\n'));
    const { totals, events } = await total(dir, 1);
    expect(totals).toEqual([sumTo(2)]);
    expect(events).toEqual([expect.stringContaining('it begins with batch 3 instead of 2. What the batches after')]);
  });

  test('that can not be used at all are refused every time, and nothing is touched', async () => {
    const dir = tempDir();
    await total(dir, 30);
    const names = (): string[] => readdirSync(dir).filter((name) => /^\d/.test(name)).sort();
    const before = names();
    for (const name of before.filter((each) => each.endsWith('.checkpoint'))) writeFileSync(pathOf(dir, name), 'something else\n');
    for (let i = 0; i < 2; i++)
      await expect(total(dir, 1)).rejects.toMatchObject({
        code: 'STORE_DAMAGED',
        message: expect.stringContaining('move the folder away') as string,
      });
    expect(names()).toEqual(before);
  });

  test('are refused to a second program, and to a context that another one of this program has followed', async () => {
    const dir = tempDir();
    const context = await StreamContext.getOrCreate(dir, contextOf);
    await context.runBatch();
    const second = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `
      import { StreamContext } from 'wellwatch/stream';
      await StreamContext.getOrCreate(${JSON.stringify(dir)}, () => new StreamContext({ batchInterval: 2000 }))
        .catch((error) => console.log(error.code, error.message));
    `,
      ],
      { encoding: 'utf8' },
    );
    expect(second.stdout).toContain(`ALREADY_RUNNING another program uses the checkpoint folder ${dir} (process ${process.pid})`);
    const next = await StreamContext.getOrCreate(dir, contextOf);
    await expect(context.runBatch()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await next.runBatch();
    await next.stop();
    expect(readdirSync(dir).filter((name) => !/^\d/.test(name))).toEqual([]);
  });

  test('in a folder that is a file are refused', async () => {
    const file = pathOf(tempDir(), 'file');
    writeFileSync(file, '');
    await expect(total(file, 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

test('a changed stream keeps the state of operators with a name, and tells what it can not place', async () => {
  const dir = tempDir();
  await total(dir, 3);
  const events: string[] = [];
  const totals: unknown[] = [];
  const context = await StreamContext.getOrCreate(dir, () => {
    const created = contextOf({ onEvent: ({ message }) => events.push(message) });
    const input = created.from(queue([[pair('a', 100)]], { name: 'another' }));
    input.pipe(
      map((item) => item),
      updateStateByKey<string, number, number>((values, state = 0) => values.reduce((a, b) => a + b, state), { name: 'total' }),
      foreachBatch(({ items }) => {
        totals.push(items[0]);
      }),
    );
    return created;
  });
  await context.runBatch();
  expect(totals).toEqual([['a', sumTo(3) + 100]]);
  expect(events).toEqual([
    'the checkpoint has no state for "another queue/position": it begins with its initial state',
    'the checkpoint has state for "0 queue/position", which is no operator of this stream: it is left behind',
  ]);
});

test('an operator that is new in a stream with a checkpoint begins with its initial state', async () => {
  const dir = tempDir();
  await total(dir, 1);
  const seen: unknown[] = [];
  const context = await StreamContext.getOrCreate(dir, () => {
    const created = contextOf();
    const input = created.from(queue([[pair('b', 1)], [pair('b', 1)]], { name: 'another' }));
    const initialState = [pair('a', 10)];
    input.pipe(
      updateStateByKey<string, number, number>((values, state = 0) => state + values.length, { initialState }),
      foreachBatch(({ items }) => {
        seen.push(items);
      }),
    );
    input
      .pipe(mapWithState<string, number, number, number>((_, value, state) => void state.update(value ?? 0), { initialState }))
      .stateSnapshots()
      .pipe(
        foreachBatch(({ items }) => {
          seen.push(items);
        }),
      );
    return created;
  });
  await context.runBatch();
  expect(seen).toEqual([[['a', 10], ['b', 1]], [['a', 10], ['b', 1]]]);
});

test('a timeout that is switched on over a checkpoint removes each key at its own time', async () => {
  const dir = tempDir();
  const batches = [[pair('a', 1), pair('b', 1), pair('c', 1)], [pair('b', 1)], [pair('a', 1)]];
  const begin = async (timeout: number) => {
    const left: string[] = [];
    const context = await StreamContext.getOrCreate(dir, () => {
      const created = contextOf();
      created.from(queue(batches)).pipe(mapWithState<string, number, number, string>((key, value, state) => {
        if (state.isTimingOut()) return key;
        state.update(value ?? 0);
        return undefined;
      }, { timeout }), foreachBatch(({ items }) => { left.push(items.join()); }));
      return created;
    });
    return { context, left };
  };
  const { context } = await begin(Infinity);
  for (let i = 0; i < 3; i++) await context.runBatch();
  const { context: later, left } = await begin(2 * INTERVAL);
  for (let i = 0; i < 3; i++) await later.runBatch();
  expect(left).toEqual(['c', 'b', 'a']);
});

test('keys that JSON has no word for come back as they were, and are not taken for each other', () => {
  const keys = [NaN, Infinity, -Infinity, 0, null, 'null', [null], [NaN], [Infinity], ['a', -Infinity]];
  const state = new StateMap<Key, number>();
  for (const [i, key] of keys.entries()) state.set(key, i);
  state.set(-0, 3); // the same as 0
  const kept = new Map<string, Entry>();
  applyEntries(kept, JSON.parse(JSON.stringify(state.changes())) as Entry[]);
  const restored = new StateMap<Key, number>();
  restored.restore([...kept.values()]);
  expect(Array.from(restored)).toEqual(keys.map((key, i) => [key, i]));
  restored.restore([['a', 1], [[1, null], 2]]); // as older versions wrote them
  expect([restored.get('a'), restored.get([1, null])]).toEqual([1, 2]);
});

test('the changes of a state lead to the same entries in the same order, wherever it is cut', () => {
  const operations = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.option(fc.nat(99), { freq: 2 }),
      commit: fc.nat(9).map((n) => n === 0),
    }),
    { minLength: 10, maxLength: 40 },
  );
  fc.assert(fc.property(operations, (all) => {
    const state = new StateMap<string, number>();
    const kept = new Map<string, Entry>();
    for (const { key, value, commit } of all) {
      if (value === null) state.delete(key);
      else state.set(key, value);
      if (commit) applyEntries(kept, state.changes());
    }
    applyEntries(kept, state.changes());
    expect([...kept.values()]).toEqual(state.entries());
    const restored = new StateMap<string, number>();
    restored.restore([...kept.values()]);
    expect([[...restored], restored.changes()]).toEqual([[...state], []]);
  }), { numRuns: 300 });
});

test('what is past is not kept: state does not grow with time, and a batch commits what it changes', async () => {
  const sizes: { changed: number; whole: number }[] = [];
  const sizeOf = (checkpoint: Checkpoint): number => Object.values(checkpoint.state).flat().length;
  const context = contextOf({ checkpoint: {
    load: async () => undefined,
    save: async (changes, whole) => { sizes.push({ changed: sizeOf(changes), whole: sizeOf(whole()) }); },
  } });
  const readings = context.from(queue(Array.from({ length: 200 }, (_, i) => [pair('a', i * 50)])));
  readings.pipe(window(10 * INTERVAL));
  readings.pipe(reduceByKeyAndWindow((a, b) => a + b, { length: 10 * INTERVAL }));
  readings.pipe(eventTimeWindow({
    time: ([, at]) => at, key: ([key]) => key, id: ([, at]) => at, length: 100, slide: 50, lateness: 100, zero: 0, add: (n) => n + 1,
  }));
  for (let i = 0; i < 200; i++) await context.runBatch();
  expect(sizes[199]).toEqual(sizes[20]);
  expect(sizes[199].whole).toBeLessThan(40);
});

test('two operators with one name are refused, and operators after the first batch', async () => {
  const context = contextOf();
  const input = context.from(queue([[pair('a', 1)]]));
  const operator = updateStateByKey<string, number, number>((values) => values.length, { name: 'twice' });
  input.pipe(operator);
  input.pipe(operator);
  await expect(context.runBatch()).rejects.toThrow('"twice updateStateByKey/states" twice');
  const other = contextOf();
  const stream = other.from(queue([[1]]));
  await other.runBatch();
  expect(() => stream.pipe(count())).toThrow('all operators before the first batch');
});

test('values that JSON has no word for come back as they were; what can not come back is refused', async () => {
  const value = { a: [Infinity, -Infinity, NaN, -0, undefined, null, 'x', true], b: new Date(5), $: { $: 1 }, __proto__x: 1, 'é\0': 0.1 };
  expect(decodeState(JSON.parse(JSON.stringify(encodeState(value))) as never)).toEqual(value);
  expect(Object.is((decodeState(encodeState([-0])) as number[])[0], -0)).toBe(true);
  const context = await StreamContext.getOrCreate(tempDir(), () => {
    const created = contextOf();
    created.from(queue([[pair('a', 1)]])).pipe(updateStateByKey(() => new Map()));
    return created;
  });
  await expect(context.runBatch()).rejects.toThrow(
    'the state of "1 updateStateByKey/states" can\'t be kept: expected state of plain values '
    + '(numbers, strings, booleans, dates, arrays, objects), got an instance of Map',
  );
});
