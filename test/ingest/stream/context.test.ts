import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  type BatchReport,
  count,
  foreachBatch,
  map,
  ManualClock,
  push,
  queue,
  replayClock,
  StreamContext,
  type StreamSource,
} from '../../../ingest/stream.ts';
import { until } from '../../support/waiting.ts';
import { tempDir } from '../../support/tempDir.ts';
import { collect, START } from './running.ts';

/** Lets everything run that does not wait for a clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

test('a batch runs at each multiple of the interval, none is left out, and slow ones make the others wait in order', async () => {
  const clock = new ManualClock(START + 500);
  const reports: BatchReport[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock, onBatch: (report) => reports.push(report) });
  context.from(queue<string>([['a'], ['b', 'c'], [], ['d']], { name: 'letters' })).pipe(foreachBatch(({ items }) => {
    if (items.includes('a')) clock.advance(5000); // the first takes 5 s
  }));
  await context.start();
  await settle();
  expect(reports).toEqual([]);
  clock.advance(1500);
  await settle();
  expect(reports.map(({ time, schedulingDelay, inputs }) => [time - START, schedulingDelay, inputs.letters])).toEqual([
    [2000, 0, 1],
    [4000, 3000, 2],
    [6000, 1000, 0],
  ]);
  clock.advance(1000);
  await context.awaitTermination(); // the queue has ended
  expect(reports.map(({ time }) => time - START)).toEqual([2000, 4000, 6000, 8000]);
});

test('recorded data runs through in its own time', async () => {
  const times: number[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock: replayClock(START) });
  context.from(queue([[1], [2], [3]])).pipe(foreachBatch(({ time }) => { times.push(time - START); }));
  await context.start();
  await context.awaitTermination();
  expect(times).toEqual([2000, 4000, 6000]);
});

test('a graceful stop takes what was received, another does not', async () => {
  for (const [graceful, expected] of [[true, [2, 1]], [false, [2]]] as const) {
    const clock = new ManualClock(START);
    const context = new StreamContext({ batchInterval: 2000, clock });
    const source = push<string>();
    const counts = collect(context.from(source).pipe(count()));
    await context.start();
    await source.push('a');
    await source.push('b');
    clock.advance(2000);
    await settle();
    await source.push('c');
    await context.stop({ graceful });
    await context.awaitTermination();
    expect(counts.flat()).toEqual(expected);
    expect(await source.push('d')).toBe(false);
  }
});

test('the batch under way is finished before a stop', async () => {
  const clock = new ManualClock(START);
  const context = new StreamContext({ batchInterval: 2000, clock });
  const done: number[] = [];
  context.from(queue([[1], [2]])).pipe(foreachBatch(async ({ time }) => {
    await settle();
    done.push(time - START);
  }));
  await context.start();
  clock.advance(2000);
  await setImmediate();
  await context.stop();
  expect(done).toEqual([2000]);
});

test('an error in a batch ends the context, and whoever waits for it is told', async () => {
  const context = new StreamContext({ batchInterval: 2000, clock: replayClock(START) });
  context.from(queue([[1]])).pipe(map((): number => { throw new Error('broken'); }));
  await context.start();
  await settle();
  await expect(context.awaitTermination()).rejects.toThrow('broken');
  await expect(context.stop({ graceful: true })).rejects.toThrow('broken');
});

test('after a restart the batches that were missed run first, in order', async () => {
  const dir = tempDir();
  const times: number[] = [];
  const begin = (now: number) => StreamContext.getOrCreate(dir, () => {
    const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(now) });
    context.from(push<string>()).pipe(foreachBatch(({ time }) => { times.push(time - START); }));
    return context;
  });
  await (await begin(START)).runBatch();
  const later = await begin(START + 9000);
  await later.start();
  await until(() => times.length === 4);
  await later.stop();
  expect(times).toEqual([2000, 4000, 6000, 8000]);
});

test('a context is started once, and runs by itself or by hand', async () => {
  const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START) });
  await context.start();
  await expect(context.start()).rejects.toThrow('started once');
  await expect(context.runBatch()).rejects.toThrow('not both');
  await context.stop();
  expect(() => new StreamContext({ batchInterval: 0.5 })).toThrow('expected batchInterval to be a whole number of ms from 1, got 0.5');
});

test('a stop inside a batch does not wait for the batch, and ends the context after it', async () => {
  const times: number[] = [];
  const started = new StreamContext({ batchInterval: 2000, clock: replayClock(START) });
  const byHand = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START) });
  for (const context of [started, byHand]) {
    context.from(push<string>()).pipe(foreachBatch(async ({ time }) => {
      await context.stop();
      times.push(time - START);
    }));
  }
  await started.start();
  await started.awaitTermination();
  await byHand.runBatch();
  await byHand.awaitTermination();
  expect(times).toEqual([2000, 2000]);
});

test('batches that are asked for at once run one after the other', async () => {
  const told: string[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock: new ManualClock(START) });
  context.from(queue([[1], [2]])).pipe(foreachBatch(async ({ items }) => {
    told.push(`begin ${items[0]}`);
    await settle();
    told.push(`end ${items[0]}`);
    await expect(context.runBatch()).rejects.toThrow('wait for itself');
  }));
  await Promise.all([context.runBatch(), context.runBatch()]);
  expect(told).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
});

/** A source that tells what is done with it, and fails where it is told to. */
function fragile(name: string, told: string[], fails: 'start' | 'stop' | 'never'): StreamSource<string> {
  const did = (what: 'start' | 'stop'): void => {
    told.push(`${what} ${name}`);
    if (what === fails) throw new Error(`${name} can't ${what}`);
  };
  return {
    kind: name,
    start: () => did('start'),
    stop: () => did('stop'),
    close: () => {
      told.push(`close ${name}`);
    },
    take: () => ['x'],
  };
}

test('a source that does not start ends the context: those before it are stopped, and listeners hear why', async () => {
  const told: string[] = [];
  const context = new StreamContext({ batchInterval: 2000, clock: replayClock(START), onEvent: () => undefined });
  for (const source of [fragile('a', told, 'never'), fragile('b', told, 'start')]) context.from(source);
  context.listen({ onJobEnded: (error) => told.push(`ended: ${error}`) });
  await expect(context.start()).rejects.toThrow("b can't start");
  expect(told).toEqual(['start a', 'start b', 'stop a', 'stop b', 'close a', 'close b', "ended: b can't start"]);
  await expect(context.awaitTermination()).rejects.toThrow("b can't start");
});

test('the error that ended a context is not hidden by one of a source that does not stop', async () => {
  const told: string[] = [];
  const context = new StreamContext({
    batchInterval: 2000,
    clock: replayClock(START),
    onEvent: ({ level, message }) => told.push(`${level} ${message}`),
  });
  for (const source of [fragile('a', told, 'stop'), fragile('b', told, 'never')]) context.from(source);
  context.from(queue([[1]])).pipe(map((): number => { throw new Error('broken'); }));
  context.listen({ onJobEnded: (error) => told.push(`ended: ${error}`) });
  await context.start();
  await expect(context.awaitTermination()).rejects.toThrow('broken');
  expect(told.slice(2)).toEqual(['stop a', "error while the stream ended: a can't stop", 'stop b', 'close a', 'close b', 'ended: broken']);
});

test('a checkpoint that is later than the clock, or long ago, is told with both times', async () => {
  const dir = tempDir();
  const events: string[] = [];
  const begin = async (now: number): Promise<StreamContext> =>
    StreamContext.getOrCreate(
      dir,
      () =>
        new StreamContext({
          batchInterval: 2000,
          clock: new ManualClock(now),
          onEvent: ({ level, message }) => events.push(`${level} ${message}`),
        }),
    );
  await (await begin(START)).runBatch();
  for (const seconds of [0, -8, 100]) {
    const context = await begin(START + 2000 + seconds * 1000);
    await context.start();
    await settle();
    await context.stop();
  }
  expect(events[0]).toBe(
    'warn the last checkpoint is of 2014-03-10T01:01:00.000Z, but the clock says '
    + '2014-03-10T01:00:52.000Z: no batch runs until then. Was the clock set back?',
  );
  expect(events[1]).toMatch(
    /^info 50 batches were missed between 2014-03-10T01:01:00\.000Z, the last checkpoint, and 2014-03-10T01:02:40\.000Z: /,
  );
  expect(events).toHaveLength(2);
});
