import { expect, test } from 'vitest';
import { JobReports, type Receivers } from '../../../app/run/jobReports.ts';
import { NO_COUNTS } from '../../../domain/balance.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { StreamingListeners } from '../../../ingest/reports/streamingListener.ts';

const batch: JobBatch = {
  time: 2000,
  steps: 1,
  rows: { directory: 0, mqtt: 1 },
  counts: NO_COUNTS,
  late: 0,
  schedulingDelay: 0,
  processingTime: 2,
  totalDelay: 2,
  outputs: [],
  error: null,
};
const mqtt = (state: string, lastError: string | null = null, lastMessageAt: string | null = null) => ({
  mqtt: { state, lastMessageAt, lastError },
});

/** Reports of a job whose receivers are as `are` says, and what a listener was told. */
function reports(): { reports: JobReports; receivers: { are: Receivers }; told: unknown[]; events: LogEvent[] } {
  const receivers = { are: mqtt('connected') as Receivers };
  const events: LogEvent[] = [];
  const told: unknown[] = [];
  const it = new JobReports({ receivers: () => receivers.are, listeners: new StreamingListeners((event) => events.push(event)) });
  it.listen({
    onJobStarted: (at) => told.push(['started', at]),
    onBatchCompleted: ({ time }) => told.push(['batch', time]),
    onReceiverChanged: (name, { state, lastError }) => told.push([name, state, lastError]),
    onStoreChanged: (away) => told.push(['store', away?.reason]),
    onJobEnded: (error) => told.push(['ended', error]),
  });
  return { reports: it, receivers, told, events };
}

test('a listener hears of the job’s start and end, its batches, its receivers and its store', () => {
  const { reports: job, receivers, told } = reports();
  job.start(1000);
  job.add(batch);
  job.away = { since: 5, reason: 'refused' };
  job.away = undefined;
  receivers.are = mqtt('reconnecting', 'ECONNREFUSED');
  job.stop('the disk is full');
  expect(told).toEqual([
    ['started', 1000], ['mqtt', 'connected', null],
    ['batch', 2000],
    ['store', 'refused'], ['store', undefined],
    ['mqtt', 'reconnecting', 'ECONNREFUSED'],
    ['ended', 'the disk is full'],
  ]);
  expect(job.history.last(10)).toEqual([batch]);
});

test('a message that came is no change of a receiver', () => {
  const { reports: job, receivers, told } = reports();
  job.start(1000);
  receivers.are = mqtt('connected', null, '2026-11-21T10:00:00Z');
  job.stop(undefined);
  expect(told).toEqual([['started', 1000], ['mqtt', 'connected', null], ['ended', undefined]]);
});

test('a listener that comes later hears how the receivers are', () => {
  const { reports: job, told } = reports();
  job.start(1000);
  told.length = 0;
  job.listen({ onReceiverChanged: (name, { state }) => told.push(['late', name, state]) });
  expect(told).toEqual([['late', 'mqtt', 'connected']]);
  job.stop(undefined);
});

test('a listener that throws is told of, and the others hear all the same', () => {
  const { reports: job, told, events } = reports();
  const remove = job.listen({ onBatchCompleted: () => { throw new Error('no'); } });
  job.listen({ onBatchCompleted: () => told.push('another') });
  job.add(batch);
  expect(events).toEqual([{ level: 'error', message: 'a listener of the streaming job failed: no' }]);
  expect(told).toEqual([['batch', 2000], 'another']);
  remove();
  job.add(batch);
  expect(events.length).toBe(1);
});
