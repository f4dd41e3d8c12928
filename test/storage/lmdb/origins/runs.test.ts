import { expect, test } from 'vitest';
import { Environment } from '../../../../storage/lmdb/environment.ts';
import { OriginLog, originsProblem } from '../../../../storage/lmdb/origins/originLog.ts';
import { type OriginRun, readRuns, RunBytes } from '../../../../storage/lmdb/origins/runs.ts';
import fc from '../../../support/property.ts';
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

/** Times that do not fall, and what goes with them. */
const odd = fc.record({
  at: fc.integer({ min: -far, max: far }), receipt: fc.integer({ min: 0, max: 2 ** 42 }), source: fc.integer({ min: 0, max: 3 }),
  unit: fc.constantFrom(1, 1000, 60_000), apart: fc.constantFrom(0, 3, 300, 70_000, 2 ** 30), lines: fc.constantFrom(2, 100, 1000, 100_000, 2 ** 32 - 1),
  marks: fc.constantFrom(0, 127, 2 ** 20), rows: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 2, maxLength: 1200 }),
}).map(({ at, receipt, source, unit, apart, lines, marks, rows }) => {
  let time = at;
  const each = rows.map(([a, b, c]) => ({ time: (time += (a % (apart + 1)) * unit), line: b % lines, mark: c % (marks + 1) }));
  return {
    source, receipt, count: rows.length,
    time: Float64Array.from(each, (row) => row.time), line: Uint32Array.from(each, (row) => row.line), mark: Uint32Array.from(each, (row) => row.mark),
  };
});
type Odd = typeof odd extends fc.Arbitrary<infer T> ? T : never;
const singles = ({ time, line, mark, source, receipt }: Odd) =>
  Array.from(time, (each, i) => ({ time: each, count: 1, receipt, source, line: line[i], mark: mark[i] }));
/** Rows one by one, but for long runs: of rows that were given, those in equal steps may have become a run. */
const oneByOne = (run: OriginRun) => (run.count > 1200 ? [rowsOnly(run)] : Array.from({ length: run.count }, (_, i) =>
  ({ time: run.time + i * run.step, count: 1, receipt: run.receipt, source: run.source, line: run.line + i * run.lineStep, mark: run.mark })));
const expectedOf = (written: readonly (OriginRun | Odd)[]) =>
  written.flatMap((one) => (one.time instanceof Float64Array ? singles(one as Odd) : oneByOne(one as OriginRun)));

test('rows whose times and lines follow no rule come back as they were written, among runs', () => {
  fc.assert(fc.property(fc.array(fc.oneof(run, odd)), (written) => {
    const bytes = new RunBytes();
    for (const one of written) if (one.time instanceof Float64Array) bytes.addRows(one as Odd, 0, one.count); else bytes.add(one as OriginRun);
    expect([...readRuns(bytes.bytes)].flatMap(oneByOne)).toEqual(expectedOf(written));
  }));
});

test('rows in equal steps become runs, however long the gaps between them are', () => {
  const time = Float64Array.from({ length: 1000 }, (_, i) => 60_000 * i + Math.floor(i / 100) * 86_400_000);
  const bytes = new RunBytes();
  bytes.addRows({ time, line: Uint32Array.from(time.keys()), mark: new Uint32Array(1000).fill(126), source: 1, receipt: 5 }, 0, 1000);
  expect(Array.from(readRuns(bytes.bytes), ({ count }) => count)).toEqual(new Array(10).fill(100));
});

test('lists of the layout before are read as they are', () => {
  const older = Buffer.from('80d00f027e0209c0a9070201021414d80273bfa9071f07000000691101007f030000000000006b1101007e7f7ed80200f1f004d00fcfc5080204', 'hex');
  expect(Array.from(readRuns(older), ({ time, line, mark }) => [time, line, mark])).toEqual([
    [60_000, 1, 126], [120_000, 11, 126], [240_000, 21, 126], [300_000, 900, 126], [300_007, 5, 127], [370_000, 70_000, 126],
    [400_000, 8, 126], [401_000, 9, 126], [402_000, 11, 126],
  ]);
});

test('the log of a pump takes lists over blocks, and goes on behind them', async () => {
  const environment = (await Environment.open(tempDir(), true))!;
  const store = environment.store('origins', true);
  let pump = 0;
  fc.assert(fc.property(fc.array(fc.oneof(run, odd), { minLength: 1, maxLength: 6 }), (some) => {
    const steps = some.map((one, receipt) => ({ ...one, receipt }));
    pump++;
    for (const one of steps) environment.transact('append', () => new OriginLog(store).append(pump, (taker) =>
      one.time instanceof Float64Array ? taker.addRows(one as Odd, 0, one.count) : taker.add(one as OriginRun)));
    expect([...new OriginLog(store).runs(pump, -Infinity, Infinity)].flatMap(oneByOne)).toEqual(expectedOf(steps));
    for (const { value } of store.entries(Buffer.from([0]), Buffer.alloc(20, 0xff))) expect(originsProblem(value)).toBeUndefined();
  }), { numRuns: 50 });
  await environment.close();
});

test('rows that are taken out leave a list of the others behind, not a run for each', async () => {
  const environment = (await Environment.open(tempDir(), true))!;
  const store = environment.store('origins', true);
  const log = new OriginLog(store);
  const time = Float64Array.from({ length: 3000 }, (_, i) => 60_000 * (2 * i + (i % 3) % 2));
  const line = Uint32Array.from(time, (_, i) => 10 * i + 1);
  const rows = { time, line, mark: new Uint32Array(3000).fill(126), source: 1, receipt: 5 };
  environment.transact('append', () => log.append(7, (taker) => taker.addRows(rows, 0, 3000)));
  const bytes = () => [...store.entries(Buffer.from([0]), Buffer.alloc(20, 0xff))].reduce((sum, { value }) => sum + value.length, 0);
  const before = bytes();
  environment.transact('edit', () => log.edit(7, { from: -Infinity, to: Infinity }, (at) => at === time[1000])); // which makes all columns of its list wider
  const left = Array.from(time.keys()).filter((i) => i !== 1000);
  expect(Array.from(log.runs(7, -Infinity, Infinity), (one) => [one.time, one.line])).toEqual(left.map((i) => [time[i], line[i]]));
  expect(bytes()).toBeLessThan(before + 2000);
  await environment.close();
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
