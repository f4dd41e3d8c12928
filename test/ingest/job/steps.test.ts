import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { DirectoryReceiver } from '../../../ingest/receivers/directory/receiver.ts';
import { JournalSource } from '../../../ingest/receivers/journalSource.ts';
import { Pace } from '../../../ingest/pace/pace.ts';
import { ReceiptOrder } from '../../../ingest/job/receiptOrder.ts';
import { takeSteps } from '../../../ingest/job/steps.ts';
import { Wake } from '../../../ingest/job/wake.ts';
import { Journal } from '../../../storage/journal/journal.ts';
import { JOURNAL_START } from '../../../storage/journal/segments.ts';
import { MQTT_CSV } from '../../support/runningJob.ts';
import { tempDir } from '../../support/tempDir.ts';

const ROWS = 100;
const line = (pump: string, i: number) =>
  `${pump},3/10/14,1:${String(i % 60).padStart(2, '0')}:${String(Math.floor(i / 60)).padStart(2, '0')},10,2,900,1,85,1`;
const BEGIN = 1_394_413_200_000;

/** A journal with a message of a row for each time of receipt. */
async function journalOf(dir: string, times: readonly number[]): Promise<JournalSource> {
  let time = 0;
  const journal = Journal.open({
    dir, from: JOURNAL_START, limit: Infinity, clock: new ReceiptClock(ReceiptClock.shared(), () => time),
    onFailure: (error) => { throw error; },
  });
  for (const [i, at] of times.entries()) {
    time = at;
    journal.append('pumps/M/readings', Buffer.from(line('M', i)), MQTT_CSV);
    await journal.flush();
  }
  const source = new JournalSource({ dir, state: new Map(), onTaken: () => undefined });
  source.durable = journal.mark.end;
  await journal.close();
  return source;
}

/**
 * The steps of a journal and of a file of as many rows that is seen at `fileAt`, 10 rows each: who gave them, and their
 * times of receipt.
 */
async function stepsOf(messageTimes: readonly number[], fileAt: number): Promise<{ receiver: string; receivedAt: number[] }[]> {
  const dir = tempDir();
  const inbox = join(dir, 'inbox');
  mkdirSync(inbox);
  writeFileSync(join(inbox, 'f.csv'), Array.from({ length: ROWS }, (_, i) => `${line('F', i)}\n`).join(''));
  const journal = await journalOf(join(dir, 'journal'), messageTimes);
  let time = fileAt;
  const now = () => time++;
  const directory = new DirectoryReceiver({
    path: inbox,
    settle: 0,
    clock: new ReceiptClock(ReceiptClock.shared(), now),
    now,
    state: new Map(),
    onLog: () => undefined,
  });
  directory.start();
  onTestFinished(() => Promise.all([journal.close(), directory.close()]).then(() => undefined));
  const limits = { rows: 10, capacity: 10, maxRate: Infinity };
  const steps: { receiver: string; receivedAt: number[] }[] = [];
  for await (const {
    source,
    buffer: { readings },
  } of takeSteps(
    {
      journal,
      sources: [directory],
      receipts: new ReceiptOrder(0),
      limits,
      wake: new Wake(),
      now,
      signal: new AbortController().signal,
      once: true,
    },
    new Pace(limits, 2000),
  )) {
    steps.push({ receiver: source.name, receivedAt: [...readings.receivedAt.subarray(0, readings.length)] });
    await source.committed();
  }
  return steps;
}

test('files have their turn beside a journal that is never empty, once it has come to what came after them', async () => {
  const times = Array.from({ length: ROWS }, (_, i) => BEGIN + i * 1000);
  const steps = await stepsOf(times, BEGIN + 29_500);
  const order = steps.filter(({ receivedAt }) => receivedAt.length > 0).map(({ receiver }) => receiver[0]).join('');
  expect(order).toBe('mmm' + 'dm'.repeat(7) + 'ddd');
});

test('times of receipt rise from step to step, and a file’s rows push those of the journal away by no more than it takes', async () => {
  const times = Array.from({ length: ROWS }, (_, i) => BEGIN + i * 1000);
  const steps = await stepsOf(times, BEGIN + 29_500);
  const all = steps.flatMap(({ receivedAt }) => receivedAt);
  expect(all).toEqual(all.toSorted((a, b) => a - b));
  const journal = steps.filter(({ receiver }) => receiver === 'mqtt').flatMap(({ receivedAt }) => receivedAt);
  expect(Math.max(...journal.map((at, i) => at - times[i]))).toBeLessThanOrEqual(1);
});

test('a journal whose messages all came before the file goes first', async () => {
  const steps = await stepsOf(Array.from({ length: ROWS }, (_, i) => BEGIN + i), BEGIN + 60_000);
  expect(steps.map(({ receiver }) => receiver[0]).join('')).toMatch(/^m+d+$/);
});
