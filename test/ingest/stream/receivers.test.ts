import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  directoryReadings,
  foreachBatch,
  mqttReadings,
  type ReceivedReading,
  StreamContext,
  type StreamSource,
} from '../../../ingest/stream.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { hasMosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { tempDir } from '../../support/tempDir.ts';
import { dropFile } from '../../support/inbox.ts';

const FIRST = 'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94';
const SECOND = 'LAGNAPPE,3/10/14,1:02,9.6,2.33,1186,1.3,0,1.1';

interface Running {
  readonly context: StreamContext;
  readonly readings: ReceivedReading[];
  readonly events: LogEvent[];
}

/** A context that keeps state in `checkpoint` and collects what a source gives. */
async function started(
  checkpoint: string,
  source: () => StreamSource<ReceivedReading>,
  onItems: (items: readonly ReceivedReading[]) => void = () => undefined,
): Promise<Running> {
  const readings: ReceivedReading[] = [];
  const events: LogEvent[] = [];
  const context = await StreamContext.getOrCreate(checkpoint, () => {
    const created = new StreamContext({ batchInterval: 20, onEvent: (event) => events.push(event) });
    created.from(source()).pipe(
      foreachBatch(({ items }) => {
        onItems(items);
        readings.push(...items);
      }),
    );
    return created;
  });
  await context.start();
  onTestFinished(() => context.stop().catch(() => undefined));
  return { context, readings, events };
}

describe('directoryReadings', () => {
  test('gives each reading with its six measures, tells of rows that are none, and moves the file when the batch is on disk', async () => {
    const dir = tempDir();
    const inbox = join(dir, 'inbox');
    dropFile(inbox, 'a.csv', [FIRST, 'ERROR', SECOND]);
    const { readings, events } = await started(join(dir, 'state'), () => directoryReadings(inbox));
    await vi.waitFor(() => expect(existsSync(join(inbox, 'done', 'a.csv'))).toBe(true), { timeout: 60_000 });
    expect(readings).toMatchObject([
      { pump: 'COHUTTA', time: Date.UTC(2014, 2, 10, 1, 1), hz: 10.27, disp: 1.73, flo: 881, sedPPM: 1.56, psi: 85, chlPPM: 1.94 },
      { pump: 'LAGNAPPE', time: Date.UTC(2014, 2, 10, 1, 2), psi: 0 },
    ]);
    expect(events).toEqual([
      { level: 'warn', message: expect.stringMatching(/^1 row could not be taken; the first, a\.csv line 2: /) as string },
    ]);
  });

  test('a batch that failed is given again after a restart, one that is in the checkpoint is not', async () => {
    const dir = tempDir();
    const inbox = join(dir, 'inbox');
    const source = () => directoryReadings(inbox, { maxRows: 1 });
    dropFile(inbox, 'a.csv', [FIRST, SECOND]);
    const failing = await started(join(dir, 'state'), source, (items) => {
      if (items.some(({ pump }) => pump === 'LAGNAPPE')) throw new Error('no room');
    });
    await expect(failing.context.awaitTermination()).rejects.toThrow('no room');
    expect(failing.readings.map(({ pump }) => pump)).toEqual(['COHUTTA']);
    expect(readdirSync(join(inbox, '.claimed'))).toHaveLength(1);

    const { readings } = await started(join(dir, 'state'), source);
    await vi.waitFor(() => expect(existsSync(join(inbox, 'done', 'a.csv'))).toBe(true), { timeout: 60_000 });
    expect(readings.map(({ pump }) => pump)).toEqual(['LAGNAPPE']);
  });
});

describe.skipIf(!hasMosquitto)('mqttReadings', () => {
  test('what was acknowledged and not yet in a checkpoint is given after a restart, once', async () => {
    const dir = tempDir();
    const broker = await startMosquitto();
    onTestFinished(() => broker.stop());
    const source = () => mqttReadings({ url: broker.url, topic: 'pumps/+/readings', clientId: 'stream-test', dir });
    const failing = await started(join(dir, 'state'), source, (items) => {
      if (items.length > 0) throw new Error('no room');
    });
    const publisher = await connectAsync(broker.url);
    onTestFinished(() => publisher.endAsync());
    await vi.waitFor(async () => {
      await publisher.publishAsync('pumps/COHUTTA/readings', FIRST, { qos: 1 });
      await expect(Promise.race([failing.context.awaitTermination(), new Promise((resolve) => setTimeout(resolve, 200))])).rejects.toThrow(
        'no room',
      );
    }, { timeout: 60_000, interval: 10 });

    const { context, readings } = await started(join(dir, 'state'), source);
    await vi.waitFor(() => expect(readings.length).toBeGreaterThan(0), { timeout: 60_000 });
    const before = readings.length; // the first may have been published more than once, before the session was there
    expect(readings[0]).toMatchObject({ pump: 'COHUTTA', psi: 85 });
    await publisher.publishAsync('pumps/LAGNAPPE/readings', SECOND, { qos: 1 });
    await vi.waitFor(() => expect(readings).toHaveLength(before + 1), { timeout: 60_000 });
    await context.stop({ graceful: true });

    const again = await started(join(dir, 'state'), source);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(again.readings).toEqual([]);
  });
});

test('listeners hear of the start, of batches and of the end', async () => {
  const dir = tempDir();
  const heard: string[] = [];
  const context = new StreamContext({ batchInterval: 20, onEvent: () => undefined });
  context.from(directoryReadings(join(dir, 'inbox'))).pipe(foreachBatch(() => undefined));
  context.listen({
    onJobStarted: () => heard.push('started'),
    onBatchCompleted: ({ inputs }) => heard.push(Object.keys(inputs).join()),
    onJobEnded: (error) => heard.push(`ended ${error}`),
  });
  await context.start();
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(1), { timeout: 60_000 });
  await context.stop();
  expect(heard[0]).toBe('started');
  expect(heard[1]).toBe(`0 directoryReadings(${join(dir, 'inbox')})`);
  expect(heard.at(-1)).toBe('ended undefined');
});
