import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';
import { Wake } from '../../../ingest/job/wake.ts';
import type { Step } from '../../../storage/table/steps.ts';
import type { Table } from '../../../storage/table/table.ts';
import { tempDir } from '../../support/tempDir.ts';
import { RunningJob } from '../../support/runningJob.ts';
import { dropFile } from '../../support/inbox.ts';
import { until } from '../../support/waiting.ts';

const INTERVAL = 2000;
/** Rows a second that the store takes, and as long as it is slow. */
const SPEED = 2500;
const SLOW_SPEED = SPEED / 10;
const SLOW_FROM = 5 * INTERVAL;
const SLOW_TO = 20 * INTERVAL;
/** To collect garbage takes longer than a step. */
const STEPS_A_LOOK = 8;

/** Time that only passes while the store works and the job waits. */
class SimulatedTime extends Wake {
  now = 0;

  override async wait(ms: number): Promise<void> {
    this.now += ms;
    await turn();
  }
}

const rows = (count: number) => Array.from({ length: count }, (_, i) => {
  const minute = Math.floor(i / 100);
  return `P${i % 100},3/10/${14 + Math.floor(minute / 1440)},${Math.floor(minute / 60) % 24}:${String(minute % 60).padStart(2, '0')},10.27,1.73,881,1.56,85,1.94\n`;
}).join('');

/** The real table, which takes as long as one of such a speed would: at once ten times as long, and then no more. */
function slowed(table: Table, time: SimulatedTime, took: (rows: number, ms: number) => void): Table {
  return new Proxy(table, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name !== 'write') return member.bind(target) as unknown;
      return async (step: Step) => {
        const outcome = await target.write(step);
        const isSlow = time.now >= SLOW_FROM && time.now < SLOW_TO;
        const ms = Math.ceil(3 + (step.readings.length * 1000) / (isSlow ? SLOW_SPEED : SPEED));
        time.now += ms;
        took(step.readings.length, ms);
        return outcome;
      };
    },
  });
}

test(
  'a store slowed to a tenth: batches settle under the interval, no step outlasts it, nothing is lost, memory stays flat, and speed ' +
    'comes back',
  async () => {
    const dir = tempDir();
    const count = 65_000;
    const lines = rows(count);
    dropFile(`${dir}/inbox`, 'backlog.csv', lines);
    const time = new SimulatedTime();
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const times: number[] = [];
    const memory: number[] = [];
    const took = (_: number, ms: number) => {
      times.push(ms);
      if (times.length % STEPS_A_LOOK !== 0) return;
      // Buffers are given back after the first, on another thread, which the second awaits.
      for (let i = 0; i < 2; i++) collectGarbage();
      memory.push(process.memoryUsage().arrayBuffers);
    };
    const job = await RunningJob.start(dir, { once: true, wake: time, now: () => time.now, before: (table) => slowed(table, time, took) });
    expect(await job.ended()).toMatchObject({ stored: count, duplicate: 0, rejected: 0 });

    const rowsOf = (batch: JobBatch) => batch.rows.directory;
    const between = (from: number, to: number) => job.batches.filter((batch) => batch.time >= from && batch.time < to);
    expect(job.batches.reduce((sum, batch) => sum + rowsOf(batch), 0)).toBe(count);
    expect(Math.max(...times)).toBeLessThanOrEqual(INTERVAL);

    const settled = between(SLOW_FROM + 10 * INTERVAL, SLOW_TO);
    expect(settled.length).toBe(5);
    for (const batch of settled) {
      expect(batch.processingTime).toBeLessThanOrEqual(INTERVAL);
      expect(rowsOf(batch)).toBeGreaterThan(0.85 * SLOW_SPEED * (INTERVAL / 1000));
    }
    const recovered = between(SLOW_TO + 3 * INTERVAL, Infinity).slice(0, -1);
    expect(recovered.length).toBeGreaterThan(0);
    for (const batch of recovered) expect(rowsOf(batch)).toBeGreaterThan(0.9 * SPEED * (INTERVAL / 1000));

    // A backlog is on disk: what is in memory are a step's columns, the same for each.
    expect(memory.length).toBeGreaterThan(5);
    expect(Math.max(...memory) - memory[0]).toBeLessThan(2 * 1024 * 1024);
  },
);

test('what the outputs of a batch took is its processing time, and their rows are its rows', async () => {
  const dir = tempDir();
  dropFile(`${dir}/inbox`, 'a.csv', `${rows(1000)}nonsense\nP0,3/11/24,1:00,1,1,1,1,0,1\n`);
  const time = new SimulatedTime();
  const job = await RunningJob.start(dir, {
    once: true,
    wake: time,
    now: () => time.now,
    before: (table) => slowed(table, time, () => undefined),
  });
  await job.ended();
  for (const batch of job.batches) {
    expect(batch.outputs.reduce((sum, { ms }) => sum + ms, 0)).toBe(batch.processingTime);
    expect(batch.error).toBeNull();
    const output = (name: string) => batch.outputs.find((each) => each.name === name);
    expect(output('take')).toMatchObject({ rows: 1002, times: batch.steps });
    expect(output('table')).toMatchObject({ rows: 1002, times: batch.steps, ms: batch.processingTime });
    expect(output('raise')?.rows).toBe(1);
    expect(output('tell')?.rows).toBe(1);
    expect(output('keep')?.rows).toBe(1001);
  }
  expect(job.batches.length).toBe(1);
});

test('rows that wait in a small step are taken once', async () => {
  const job = await RunningJob.start(tempDir());
  for (let i = 0; i < 5; i++) {
    await job.publish(`P,3/10/14,1:0${i},10.27,1.73,881,1.56,0,1.94`);
    await until(() => job.alerts.length === i + 1);
  }
  await job.stop();
  const outputs = job.batches.flatMap((batch) => batch.outputs);
  for (const name of ['take', 'table', 'tell'])
    expect(outputs.filter((each) => each.name === name).reduce((sum, each) => sum + each.rows, 0)).toBe(5);
  expect(job.batches.reduce((sum, batch) => sum + batch.rows.mqtt, 0)).toBe(5);
});

test('a step that fails is told in its batch, and ends the job', async () => {
  const dir = tempDir();
  dropFile(`${dir}/inbox`, 'a.csv', rows(10));
  const time = new SimulatedTime();
  time.now = 7000;
  const job = await RunningJob.start(dir, { once: true, wake: time, now: () => time.now, before: (table) => new Proxy(table, {
    get: (target, name) => (name === 'write' ? () => Promise.reject(new Error('the disk is full')) : Reflect.get(target, name) as unknown),
  }) });
  await expect(job.ended()).rejects.toThrow('the disk is full');
  expect(job.batches).toEqual([expect.objectContaining({ time: 6000, error: 'the disk is full' })]);
});
