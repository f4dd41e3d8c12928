import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../domain/balance.ts';
import { BatchLog } from '../../../ingest/reports/batchLog.ts';

function log() {
  const told: string[] = [];
  const batches = new BatchLog(2000, {
    onBatch: ({ time, steps }) => told.push(`batch ${time}: ${steps}`),
    onOver: (time) => told.push(`over ${time}`),
  });
  const step = (startedAt: number, endedAt = startedAt) => {
    const batch = batches.begin(startedAt);
    batches.add({ receiver: 'mqtt', rows: 1, counts: NO_COUNTS, late: 0, availableAt: startedAt, startedAt, endedAt, outputs: [] });
    return batch;
  };
  return { batches, told, step };
}

test('a batch is the steps that began in one interval, and is told when that is over', () => {
  const { batches, told, step } = log();
  expect([step(10_000), step(11_999), step(12_000)]).toEqual([10_000, 10_000, 12_000]);
  batches.close(13_999);
  expect(told).toEqual(['over 10000', 'batch 10000: 2', 'over 12000']);
  batches.close(14_000);
  expect(told.slice(3)).toEqual(['batch 12000: 1', 'over 14000']);
});

test('a batch of which a step is under way is not over, however late it is', () => {
  const { batches, told } = log();
  batches.begin(10_500);
  batches.close(19_000);
  expect(told).toEqual(['over 10000']);
  batches.add({ receiver: 'mqtt', rows: 1, counts: NO_COUNTS, late: 0, availableAt: 0, startedAt: 10_500, endedAt: 19_000, outputs: [] });
  batches.close(19_000);
  expect(told).toEqual(['over 10000', 'batch 10000: 1', 'over 18000']);
});

test('a step that began just before its interval was closed belongs to the next', () => {
  const { batches, step } = log();
  batches.close(12_000);
  expect(step(11_999)).toBe(12_000);
});
