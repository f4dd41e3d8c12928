import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import {
  type Clock,
  foreachBatch,
  fromIterable,
  ManualClock,
  map,
  mapWithState,
  type Pair,
  pair,
  push,
  queue,
  reduceByKeyAndWindow,
  replayClock,
  StreamContext,
  type StreamingListener,
  type StreamSource,
  window,
} from '../../../ingest/stream.ts';
import { collect, START } from './running.ts';

async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await setImmediate();
}

test('awaitTermination before start is an error, with a limit it says whether the end has come', async () => {
  const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START) });
  context.from(push<string>());
  await expect(context.awaitTermination()).rejects.toThrow('expected awaitTermination after start');
  await expect(context.awaitTerminationOrTimeout(1)).rejects.toThrow('expected awaitTermination after start');
  expect(context.state).toBe('initialized');
  await context.start();
  expect([context.state, await context.awaitTerminationOrTimeout(5)]).toEqual(['active', false]);
  const waiting = context.awaitTerminationOrTimeout(600_000);
  await context.stop();
  expect([await waiting, context.state, await context.awaitTerminationOrTimeout(1)]).toEqual([true, 'stopped', true]);
  await expect(context.start()).rejects.toThrow('make a new one');
});

test('a graceful stop ends at its limit, and tells that something is left', async () => {
  const told: string[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START), onEvent: ({ message }) => told.push(message) });
  const endless: StreamSource<number> = { kind: 'endless', take: () => [1], pending: () => true };
  let batches = 0;
  context.from(endless).pipe(foreachBatch(async () => {
    batches++;
    await setTimeout(5);
  }));
  await context.start();
  await context.stop({ graceful: true, limit: 30 });
  expect(batches).toBeGreaterThan(0);
  expect(told).toEqual(['the limit of the graceful stop was reached before all that was received had been taken: the rest is left']);
});

/** All that a listener hears, as words. */
function hearing(told: string[]): StreamingListener {
  return {
    onJobStarted: () => told.push('started'),
    onJobEnded: (error) => told.push(`ended ${error}`),
    onBatchSubmitted: ({ time, inputs }) => told.push(`submitted ${time - START} ${JSON.stringify(inputs)}`),
    onBatchStarted: ({ time, schedulingDelay }) => told.push(`batch ${time - START} after ${schedulingDelay}`),
    onBatchCompleted: ({ time, outputs }) => told.push(`completed ${time - START} with ${outputs.length}`),
    onBatchFailed: ({ time, error, inputs }) => told.push(`failed ${time - START} ${JSON.stringify(inputs)}: ${error}`),
    onOutputOperationStarted: ({ name }) => told.push(`output ${name}`),
    onOutputOperationCompleted: ({ name, rows, error }) => told.push(`output ${name} done, ${rows} rows, ${error}`),
    onReceiverStarted: (name) => told.push(`${name} receives`),
    onReceiverStopped: (name) => told.push(`${name} receives no more`),
    onReceiverError: (name, error) => told.push(`${name}: ${error}`),
  };
}

test('a listener hears of receivers, batches and outputs, in order', async () => {
  const told: string[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock: replayClock(START) });
  const receiver: StreamSource<string> = {
    kind: 'receiver',
    name: 'radio',
    start: (_, onError) => onError('no signal'),
    take: () => ['a', 'b'],
  };
  context.from(receiver);
  context.from(queue([[1], [2]], { name: 'numbers' })).pipe(foreachBatch(({ items }) => {
    if (items[0] === 2) throw new Error('no more than one');
  }));
  context.listen(hearing(told));
  await context.start();
  await expect(context.awaitTermination()).rejects.toThrow('no more than one');
  expect(told).toEqual([
    'radio: no signal',
    'radio receives',
    'started',
    'submitted 2000 {"radio":2,"numbers":1}',
    'batch 2000 after 0',
    'output 2 foreachBatch',
    'output 2 foreachBatch done, 1 rows, undefined',
    'completed 2000 with 1',
    'submitted 4000 {"radio":2,"numbers":1}',
    'batch 4000 after 0',
    'output 2 foreachBatch',
    'output 2 foreachBatch done, 0 rows, no more than one',
    'failed 4000 {"radio":2,"numbers":1}: no more than one',
    'radio receives no more',
    'ended no more than one',
  ]);
});

test('a receiver that does not start, or can not be taken from, is told as its error', async () => {
  for (const [what, source] of [
    ['start', { kind: 'radio', start: () => Promise.reject(new Error('no antenna')), take: () => [] }],
    ['take', { kind: 'radio', start: () => undefined, take: () => Promise.reject(new Error('no antenna')) }],
  ] as const) {
    const told: string[] = [];
    const context = new StreamContext({ batchInterval: 2000, clock: replayClock(START) });
    context.from(source);
    context.listen(hearing(told));
    await context.start().catch(() => undefined);
    await expect(context.awaitTermination()).rejects.toThrow('no antenna');
    expect(told.filter((each) => /antenna/.test(each)), what).toContain('0 radio: no antenna');
    expect(told.includes('0 radio receives')).toBe(what === 'take');
  }
});

test('a listener that throws, or rejects, is logged; the stream and the other listeners go on', async () => {
  const logged: string[] = [];
  const context = new StreamContext({
    batchInterval: 2000,
    clock: replayClock(START),
    onEvent: ({ level, message }) => logged.push(`${level} ${message}`),
  });
  context.from(queue([[1], [2]]));
  const heard: number[] = [];
  context.listen({ onBatchCompleted: () => { throw new Error('thrown'); } });
  context.listen({ onBatchCompleted: async () => { throw new Error('rejected'); } });
  context.listen({ onBatchCompleted: ({ time }) => heard.push(time - START) });
  await context.start();
  await context.awaitTermination();
  await settle();
  expect(heard).toEqual([2000, 4000]);
  const said = ['rejected', 'rejected', 'thrown', 'thrown'].map((why) => `error a listener of the streaming job failed: ${why}`);
  expect(logged.sort()).toEqual(said);
});

/** A clock that can be set, and one that nobody can. */
class SetClock implements Clock {
  readonly waiting: (() => void)[] = [];
  #now = START;
  #elapsed = 0;

  now = (): number => this.#now;
  elapsed = (): number => this.#elapsed;

  async waitUntil(time: number, signal: AbortSignal): Promise<void> {
    const before = this.#now - this.#elapsed;
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    while (this.#now < time && !signal.aborted && this.#now - this.#elapsed === before)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    signal.removeEventListener('abort', wake);
  }

  /** Time passes. */
  async pass(ms: number): Promise<void> {
    this.#elapsed += ms;
    await this.set(ms);
  }

  /** Somebody sets it. */
  async set(ms: number): Promise<void> {
    this.#now += ms;
    this.#wake();
    await settle();
  }

  #wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
const MONTH = 30 * 86_400_000;

test('a clock that is set forward by a month leaves out the batches in between, and says so; windows are as of the new time', async () => {
  const clock = new SetClock();
  const told: string[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock, onEvent: ({ level, message }) => told.push(`${level} ${message}`) });
  const source = push<Pair<string, number>>();
  const input = context.from(source);
  const add = (a: number, b: number): number => a + b;
  const outputs = [
    input.pipe(reduceByKeyAndWindow(add, { length: 60_000, slide: 6000 })),
    input.pipe(reduceByKeyAndWindow(add, { length: 60_000, slide: 6000, inverse: (a, b) => a - b })),
    input.pipe(window(60_000, 6000), map(([key, value]) => pair(key, value))),
    input.pipe(mapWithState((key: string, value: number | undefined, state) => {
      if (!state.isTimingOut()) state.update(value);
      return pair(key, value ?? -1);
    }, { timeout: 60_000 })),
  ].map(collect);
  await context.start();
  await source.push(pair('old', 1));
  await clock.pass(2000);
  expect(outputs.map((batches) => batches.length)).toEqual([1, 1, 1, 1]); // the first batch ends a window
  await clock.set(MONTH);
  expect(told).toEqual([
    'warn the clock was set forward by 2592000 s: 1296000 batches after that of 2014-03-10T01:01:00.000Z are left out, '
    + 'the next is that of 2014-04-09T01:01:02.000Z',
  ]);
  await source.push(pair('new', 2));
  for (let i = 0; i < 3; i++) await clock.pass(2000);
  await context.stop();
  expect(outputs.map((batches) => batches.at(-1))).toEqual([[['new', 2]], [['new', 2]], [['new', 2]], []]);
  expect(outputs[3].flat()).toEqual([['old', 1], ['new', 2], ['old', -1]]);
});

test('of a pane whose last batch was left out, a window has what came before that', async () => {
  const clock = new SetClock();
  const context = new StreamContext({ batchInterval: 2000, clock, onEvent: () => undefined });
  const source = push<Pair<string, number>>();
  const add = (a: number, b: number): number => a + b;
  const input = context.from(source);
  const [tree, running] = [undefined, (a: number, b: number) => a - b].map((inverse) =>
    collect(input.pipe(reduceByKeyAndWindow(add, { length: 240_000, slide: 60_000, inverse }))));
  await context.start();
  await clock.pass(2000); // START is 2 s before a pane's end
  await source.push(pair('a', 1));
  for (let i = 0; i < 2; i++) await clock.pass(2000);
  await clock.set(70_000); // over the end of the pane that has begun
  for (let i = 0; i < 60; i++) await clock.pass(2000);
  await context.stop();
  expect(tree.at(-1)).toEqual([['a', 1]]);
  expect(running).toEqual(tree);
});

test('a clock that is set back waits, and says until when', async () => {
  const clock = new SetClock();
  const told: string[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock, onEvent: ({ level, message }) => told.push(`${level} ${message}`) });
  const batches = collect(context.from(push<string>()));
  await context.start();
  await clock.pass(2000);
  await clock.set(-3_600_000);
  for (let i = 0; i < 3; i++) await clock.pass(2000);
  await context.stop();
  expect(batches).toHaveLength(1);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^warn the clock was set back by 3600 s, to 2014-03-10T00:01:00\.000Z: no batch runs until /);
});

test('batches that are late leave timers their turn', async () => {
  const clock = new ManualClock(START);
  const context = new StreamContext({ batchInterval: 2000, clock });
  let batches = 0;
  context.from(push<string>()).pipe(foreachBatch(() => { batches++; }));
  await context.start();
  clock.advance(2000 * 100_000);
  await setTimeout(1);
  expect(batches).toBeLessThan(100_000);
  await context.stop();
});

test('maxRate holds for the first batch too, and what is beyond it waits', async () => {
  const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START), maxRate: 2 });
  const pushed = push<number>();
  const batches = [context.from(pushed), context.from(fromIterable([1, 2, 3, 4, 5, 6], { rowsPerBatch: 100 }))].map(collect);
  for (let i = 0; i < 5; i++) await pushed.push(i);
  for (let i = 0; i < 2; i++) await context.runBatch();
  expect(batches).toEqual([[[0, 1, 2, 3], [4]], [[1, 2, 3, 4], [5, 6]]]);
  expect(() => new StreamContext({ batchInterval: 2000, maxRate: 0 }).from(push())).toThrow('expected maxRate to be a number of items');
});

test('with backpressure a source of a program’s own is asked for what batches can do in time', async () => {
  const clock = new ManualClock(START);
  const limits: number[] = [];
  const context = new StreamContext({ batchInterval: 1000, clock, backpressure: true, initialRate: 5000, maxRate: 6000 });
  const source: StreamSource<number> = {
    kind: 'meter',
    take(_, limit) {
      limits.push(limit!);
      return Array.from({ length: limit! }, (_, i) => i);
    },
  };
  // Ten times slower than items come: a batch of n items takes n / 500 s.
  const slowly = vi.spyOn(performance, 'now');
  let now = 0;
  slowly.mockImplementation(() => now);
  context.from(source).pipe(foreachBatch(({ items }) => { now += items.length * 2; }));
  for (let i = 0; i < 12; i++) await context.runBatch();
  slowly.mockRestore();
  expect(limits[0]).toBe(5000);
  expect(limits.at(-1)).toBe(500);
});
