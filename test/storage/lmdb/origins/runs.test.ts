import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Environment } from '../../../../storage/lmdb/environment.ts';
import { OriginLog } from '../../../../storage/lmdb/origins/originLog.ts';
import { type OriginRun, readRuns, RunBytes } from '../../../../storage/lmdb/origins/runs.ts';
import { tempDir } from '../../../support/tempDir.ts';

const far = 250_000_000_000_000;
const run = fc.record({
  time: fc.oneof(fc.integer({ min: -far, max: far }), fc.integer({ min: 0, max: 5 })), step: fc.integer({ min: 0, max: 100_000 }),
  count: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 100_000 })), receipt: fc.integer({ min: 0, max: 2 ** 42 }),
  source: fc.integer({ min: 0, max: 3 }), line: fc.integer({ min: 1, max: 1_000_000 }), lineStep: fc.integer({ min: -1000, max: 1000 }),
  mark: fc.integer({ min: 0, max: 2 ** 31 }),
}).map((one) => (one.count > 1 ? one : { ...one, step: 0, lineStep: 0 }));

/** Steps mean nothing in a run of one row. */
const rowsOnly = ({ step, lineStep, ...rest }: OriginRun) => (rest.count > 1 ? { ...rest, step, lineStep } : rest);

test('runs come back as they were written', () => {
  fc.assert(fc.property(fc.array(run), (runs) => {
    const bytes = new RunBytes();
    runs.forEach((one) => bytes.add(one));
    expect(Array.from(readRuns(bytes.bytes), rowsOnly)).toEqual(runs.map(rowsOnly));
  }));
});

test('the log of a pump goes on over blocks and openings, and is removed by age', async () => {
  const environment = (await Environment.open(tempDir(), true))!;
  const store = environment.store('origins', true);
  const row = (i: number): OriginRun =>
    ({ time: i * 1009 % 7919, step: 0, count: 1, receipt: 1000 + Math.floor(i / 500), source: i % 3, line: i + 1, lineStep: 0, mark: 126 });
  for (let i = 0; i < 4000; i += 40)
    environment.transact('append', () => new OriginLog(store).append(7, (taker) => {
      for (let j = i; j < i + 40; j++) taker.add(row(j));
    }));
  const log = new OriginLog(store);
  const facts = ({ time, receipt, source, line }: OriginRun) => ({ time, receipt, source, line });
  const all = () => Array.from(log.runs(7, -Infinity, Infinity), facts);
  const expected = Array.from({ length: 4000 }, (_, i) => facts(row(i)));
  expect(all()).toEqual(expected);
  expect([...log.runs(8, -Infinity, Infinity)]).toEqual([]);
  expect(Array.from(log.runs(7, row(5).time, row(5).time), ({ line }) => line)).toEqual([6]);
  environment.transact('expire', () => expect(log.expire(1003)).toBe(false));
  const left = all();
  expect(left).toEqual(expected.slice(-left.length));
  expect(left.length).toBeLessThan(2700);
  expect(left.filter(({ receipt }) => receipt > 1003)).toHaveLength(2000);
  await environment.close();
});
