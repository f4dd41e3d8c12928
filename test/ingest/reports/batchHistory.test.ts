import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../domain/balance.ts';
import { BatchHistory } from '../../../ingest/reports/batchHistory.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';

function batch(time: number, facts: Partial<JobBatch> = {}): JobBatch {
  return {
    time,
    steps: 1,
    rows: { directory: 0, mqtt: 1 },
    counts: { ...NO_COUNTS, stored: 1 },
    late: 2,
    schedulingDelay: 1,
    processingTime: 2,
    totalDelay: 3,
    outputs: [],
    error: null,
    ...facts,
  };
}

test('before the first batch there are no averages', () => {
  const { totals, averages } = new BatchHistory();
  expect(totals).toMatchObject({ batches: 0, rows: { directory: 0, mqtt: 0 } });
  expect(averages).toEqual({ batches: 0, schedulingDelay: null, processingTime: null, totalDelay: null, write: null });
});

test('totals are of all batches, the last thousand are remembered, the newest last', () => {
  const history = new BatchHistory();
  for (let i = 0; i < 2345; i++) history.add(batch(i));
  expect(history.totals).toMatchObject({
    batches: 2345,
    steps: 2345,
    rows: { directory: 0, mqtt: 2345 },
    counts: { stored: 2345 },
    late: 4690,
    processingTime: 4690,
  });
  expect(history.last(5000).map(({ time }) => time)).toEqual(Array.from({ length: 1000 }, (_, i) => 1345 + i));
  expect(history.last(2).map(({ time }) => time)).toEqual([2343, 2344]);
  expect(history.last(0)).toEqual([]);
  expect(history.averages.batches).toBe(1000);
});

test('averages are of what is remembered, a write’s time of the writes', () => {
  const history = new BatchHistory();
  const table = (times: number, ms: number) => ({ name: 'table', rows: 10, times, ms });
  for (let i = 0; i < 3; i++) history.add(batch(i, { processingTime: 1000 }));
  for (let i = 0; i < 999; i++) history.add(batch(i, { processingTime: 0, outputs: [table(1, 10)] }));
  history.add(
    batch(1000, {
      processingTime: 0,
      schedulingDelay: 1001,
      outputs: [table(9, 10), { name: 'tell', rows: 2, times: 9, ms: 3 }],
      error: 'broken',
    }),
  );
  expect(history.averages).toEqual({ batches: 1000, schedulingDelay: 2, processingTime: 0, totalDelay: 3, write: 10_000 / 1008 });
  expect(history.totals).toMatchObject({
    failed: 1,
    processingTime: 3000,
    outputs: [
      { name: 'table', rows: 10_000, times: 1008, ms: 10_000 },
      { name: 'tell', rows: 2, times: 9, ms: 3 },
    ],
  });
});
