import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ReceiptAt, receiptsOf } from '../../../domain/reading/receipt.ts';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';
import { csvDecoder } from '../../../ingest/decode/csv/csvDecoder.ts';
import { ReceiptOrder } from '../../../ingest/job/receiptOrder.ts';
import { takeSteps } from '../../../ingest/job/steps.ts';
import { Wake } from '../../../ingest/job/wake.ts';
import { Pace } from '../../../ingest/pace/pace.ts';
import { PLAIN_FORMATS } from '../../../ingest/receivers/formats.ts';
import { pendingByTopic } from '../../../ingest/receivers/pendingTopics.ts';
import { pendingRows } from '../../../ingest/receivers/journalProgress.ts';
import { JournalSource } from '../../../ingest/receivers/journalSource.ts';
import { originOf } from '../../../ingest/receivers/origin.ts';
import { Journal } from '../../../storage/journal/journal.ts';
import { JOURNAL_START } from '../../../storage/journal/segments.ts';
import type { Json } from '../../../storage/table/state.ts';
import { tempDir } from '../../support/tempDir.ts';

const row = (pump: string, minute: number) => `${pump},3/10/14,1:0${minute},10,2,900,1,85,1`;

function openJournal(dir: string, now = () => 1000): Journal {
  return Journal.open({
    dir, from: JOURNAL_START, limit: Infinity, clock: new ReceiptClock(ReceiptClock.shared(), now),
    onFailure: (error) => { throw error; },
  });
}

/** The steps of what lies in a journal: who is credited, how many readings and rejects, and how many rows then still wait. */
async function stepsOf(
  dir: string,
  journal: Journal,
  receiptAt?: ReceiptAt,
): Promise<[receiver: string, rows: number, rejects: string[], left: number][]> {
  const source = new JournalSource({ dir, state: new Map(), receiptAt, onTaken: () => undefined });
  source.durable = journal.mark.end;
  const limits = { rows: 100, capacity: 100, maxRate: Infinity };
  const options = { journal: source, sources: [], receipts: new ReceiptOrder(0), limits, wake: new Wake(), now: Date.now };
  const steps: [string, number, string[], number][] = [];
  for await (const { state, buffer } of takeSteps(
    { ...options, signal: new AbortController().signal, once: true },
    new Pace(limits, 2000),
  )) {
    const left = pendingRows(dir, new Map<string, Json>(Object.entries(state)));
    steps.push([source.name, buffer.readings.length, buffer.rejects.map((reject) => reject.source), left]);
  }
  await source.close();
  return steps;
}

test('rows are credited to the receiver that the frame says: a step ends where another one’s begin', async () => {
  const dir = tempDir();
  const journal = openJournal(dir);
  const [first, second] = ['mqtt', 'post'].map((receiver) => journal.inlet(originOf(receiver, csvDecoder)));
  first.append('a', Buffer.from(row('A', 1)));
  first.append('a', Buffer.from(`${row('A', 2)}\n${row('A', 3)}`));
  second.append('a', Buffer.from('no reading'));
  second.append('a', Buffer.from(row('B', 1)));
  await journal.flush();
  first.append('a', Buffer.from(row('A', 4)));
  await journal.flush();
  expect(await stepsOf(dir, journal)).toEqual([
    ['mqtt', 3, [], 3],
    ['post', 1, ['post:a'], 1],
    ['mqtt', 1, [], 0],
  ]);
  await journal.close();
});

test('rows that wait are counted by topic, from where a step ended inside a message', async () => {
  const dir = tempDir();
  const journal = openJournal(dir);
  const inlet = journal.inlet(originOf('mqtt', csvDecoder));
  inlet.append('a', Buffer.from(`${row('A', 1)}\n${row('A', 2)}\n${row('A', 3)}`));
  inlet.append('b', Buffer.from(row('B', 1)));
  await journal.flush();
  const waiting = (state: Record<string, Json>) => {
    const { topics, others } = pendingByTopic(dir, new Map(Object.entries(state)), PLAIN_FORMATS);
    return { ...Object.fromEntries(topics), others };
  };
  expect(waiting({})).toEqual({ 'mqtt:a': 3, 'mqtt:b': 1, others: 0 });
  const source = new JournalSource({ dir, state: new Map(), onTaken: () => undefined });
  source.durable = journal.mark.end;
  const step = { buffer: new StepBuffer(2), state: {} };
  await source.take(step);
  expect(waiting(step.state)).toEqual({ 'mqtt:a': 1, 'mqtt:b': 1, others: 0 });
  await source.close();
  await journal.close();
});

test('messages are judged by their own time of receipt, not by when the table takes them', async () => {
  const dir = tempDir();
  let now = Date.parse('2014-03-08T12:00:00Z');
  const journal = openJournal(dir, () => now);
  const inlet = journal.inlet(originOf('mqtt', csvDecoder));
  inlet.append('a', Buffer.from(row('A', 1)));
  inlet.append('a', Buffer.from(`${row('A', 2)}\n3/10/14`));
  await journal.flush();
  now += 86_400_000;
  inlet.append('a', Buffer.from(row('A', 3)));
  await journal.flush();
  expect(await stepsOf(dir, journal, receiptsOf('UTC', 86_400_000))).toEqual([['mqtt', 1, ['mqtt:a', 'mqtt:a', 'mqtt:a'], 0]]);
  expect(await stepsOf(dir, journal)).toEqual([['mqtt', 3, ['mqtt:a'], 0]]);
  await journal.close();
});

test('retained messages are told apart: a step ends where they begin and where they end, also after a restart', async () => {
  const dir = tempDir();
  const journal = openJournal(dir);
  const inlet = journal.inlet(originOf('mqtt', csvDecoder));
  inlet.append('a', Buffer.from(row('A', 1)));
  inlet.append('a', Buffer.from(row('A', 2)), true);
  inlet.append('a', Buffer.from('no reading'), true);
  inlet.append('a', Buffer.from(row('A', 3)));
  await journal.flush();
  await journal.close();
  const again = openJournal(dir);
  expect(await stepsOf(dir, again)).toEqual([['mqtt', 1, [], 3], ['mqtt', 1, ['mqtt:a'], 1], ['mqtt', 1, [], 0]]);
  await again.close();
});

test('what version 1 of the journal holds is taken as it was: CSV of the MQTT receiver', async () => {
  const dir = tempDir();
  cpSync(join(import.meta.dirname, '../../storage/journal/version1'), dir, { recursive: true });
  const journal = openJournal(dir);
  expect(pendingRows(dir, new Map())).toBe(4);
  expect(await stepsOf(dir, journal)).toEqual([['mqtt', 4, [], 0]]);
  await journal.close();
});

test('a format that this version does not have stops the job, and loses nothing', async () => {
  const dir = tempDir();
  const journal = openJournal(dir);
  journal.append('a', Buffer.from('{}'), { receiver: 'mqtt', format: 'runes', rowsOf: () => 1 });
  await journal.flush();
  await expect(stepsOf(dir, journal)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
  expect(pendingRows(dir, new Map())).toBe(1);
  await journal.close();
});
