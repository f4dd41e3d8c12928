import { expect, test } from 'vitest';
import { alertOf } from '../../../domain/alarm/alert.ts';
import { enrich } from '../../../domain/alarm/enriched.ts';
import type { Reference } from '../../../domain/pump/reference.ts';
import { BatchSampler } from '../../../ingest/job/batchSample.ts';
import { row, stepOf, type Row } from '../../support/steps.ts';

const reference: Reference = {
  pumps: new Map(),
  maintenance: new Map([
    ['A', ['2012-06-01', '2013-06-01', '2014-01-01'].map((date) => ({ pump: 'A', date, technician: 'T', description: 'D' }))],
  ]),
  contacts: new Map(),
};

function take(sampler: BatchSampler, rows: readonly Row[]) {
  const { readings, breaches } = stepOf(rows);
  const alerts = breaches.map((breach) => enrich(alertOf(breach, readings), reference));
  sampler.decided(readings);
  sampler.decided(readings);
  sampler.raised(alerts);
  return alerts;
}

const minutes = (pump: string, count: number, psi: number) =>
  Array.from({ length: count }, (_, i) => row(pump, `2014-03-10T01:${String(i).padStart(2, '0')}`, psi));

test('the first ten readings and alerts of all steps of a batch, and how many there are', () => {
  const sampler = new BatchSampler();
  take(sampler, minutes('A', 7, 0));
  sampler.committed();
  take(sampler, minutes('B', 8, 1));
  sampler.committed();
  const sample = sampler.take()!;
  const tenth = { pump: 'B', time: row('B', '2014-03-10T01:02').time };
  expect(sample).toMatchObject({ readingCount: 15, alertCount: 15, joinedCount: 7 * 3 + 8 });
  expect([sample.readings.length, sample.alerts.length]).toEqual([10, 10]);
  expect(sample.readings[9]).toEqual({ ...tenth, values: [10.27, 1.73, 881, 1.56, 1, 1.94] });
  expect(sample.alerts[9]).toMatchObject(tenth);
  expect(sampler.take()).toBe(undefined);
});

test('an alert that is withdrawn before its step is in the table is not among them', () => {
  const sampler = new BatchSampler();
  const [first] = take(sampler, minutes('A', 2, 0));
  sampler.withdrawn([first]);
  sampler.committed();
  expect(sampler.take()).toMatchObject({ readingCount: 2, alertCount: 1, joinedCount: 3 });
});

test('alerts that were told while their rows waited belong to the batch that takes the rows', () => {
  const sampler = new BatchSampler();
  take(sampler, minutes('A', 1, 0));
  expect(sampler.take()).toBe(undefined);
  sampler.committed();
  expect(sampler.take()).toMatchObject({ readingCount: 1, alertCount: 1 });
});
