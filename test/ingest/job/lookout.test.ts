import { expect, test } from 'vitest';
import { unstoredOf } from '../../../domain/alarm/unstored.ts';
import { LiveRuns } from '../../../domain/alarm/liveRuns.ts';
import { newRunsOf } from '../../../domain/alarm/newRuns.ts';
import type { Table } from '../../../storage/table/table.ts';
import { RunningJob } from '../../support/runningJob.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

const row = (clock: string, psi: number, pump = 'P') => `${pump},3/10/14,${clock},10.27,1.73,881,1.56,${psi},1.94`;

/** The real table behind a network that can be cut: whatever asks the store waits, and what is known here is known. */
class CutOff {
  #back = Promise.resolve();
  #restore: (() => void) | undefined;
  /** Calls that wait. */
  held = 0;

  /** Resolves when a step waits for the store. */
  readonly hangs = () => until(() => this.held > 0);

  cut(): void {
    this.#back = new Promise((resolve) => (this.#restore = resolve));
  }

  restore(): void {
    this.#restore?.();
  }

  readonly before = (table: Table): Table & { alertsHere: Table['alerts'] } =>
    new Proxy(table, {
      get: (target, name) => {
        if (name === 'alertsHere') return target.alerts.bind(target);
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (name !== 'write' && name !== 'lookup') return member.bind(target) as unknown;
        return async (...args: unknown[]) => {
          this.held++;
          await this.#back;
          this.held--;
          return (member as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    }) as Table & { alertsHere: Table['alerts'] };
}

async function jobWithStore(settings: Parameters<typeof RunningJob.start>[1] = {}) {
  const store = new CutOff();
  const job = await RunningJob.start(tempDir(), { ...settings, before: store.before });
  return { store, job };
}

const told = (job: RunningJob) => job.alerts.map(({ pump, time, value }) => [pump, new Date(time).toISOString().slice(11, 16), value]);

async function storedAlerts(table: Table): Promise<number> {
  let count = 0;
  for await (const piece of table.alerts({})) count += piece.length;
  return count;
}

test('alerts of what comes while the store is away are told at once, and not again when it is back', async () => {
  const { store, job } = await jobWithStore();
  store.cut();
  for (let i = 0; i < 4; i++) {
    await job.publish(row(`1:0${i}`, i), row(`2:0${i}`, 85));
    await until(() => job.alerts.length === i + 1);
    if (i === 0) await store.hangs();
  }
  expect((await job.table.counts()).mqtt.stored).toBe(0);
  store.restore();
  await until(async () => (await job.table.counts()).mqtt.stored === 8);
  await job.publish(row('1:09', 1));
  await until(() => job.alerts.length === 5);
  await job.stop();
  expect(told(job)).toEqual([['P', '01:00', 0], ['P', '01:01', 1], ['P', '01:02', 2], ['P', '01:03', 3], ['P', '01:09', 1]]);
  expect(job.withdrawn).toEqual([]);
});

test('what was told is known as not stored until the store has it; what was taken back meanwhile is not', async () => {
  const { store, job } = await jobWithStore();
  const unstored = () => unstoredOf(job.lookout!.unstored()).runs.map(({ pump, count, worst, lastValue }) => [pump, count, worst, lastValue]);
  store.cut();
  await job.publish(row('1:00', 4)); // told before the store hangs
  await store.hangs();
  await job.publish(row('1:01', 2), row('1:02', 3), row('1:00', 1, 'Q'));
  await until(() => job.alerts.length === 4 && unstored().length === 2);
  expect(unstored()).toEqual([['P', 3, 2, 3], ['Q', 1, 1, 1]]);
  await job.publish(row('1:00', 80, 'Q'));
  await until(() => job.withdrawn.length === 1);
  expect(unstored()).toEqual([['P', 3, 2, 3]]);
  store.restore();
  await until(async () => (await job.table.counts()).mqtt.stored === 5);
  await until(() => unstored().length === 0);
  await job.stop();
});

test('corrections and messages that come again while the store is away end as they do when it is there', async () => {
  const { store, job } = await jobWithStore();
  await job.publish(row('1:00', 1));
  await until(async () => (await job.table.counts()).mqtt.stored === 1);
  store.cut();
  await job.publish(row('1:01', 85)); // hangs in the store
  await store.hangs();
  await job.publish(row('1:00', 1)); // again
  await job.publish(row('1:02', 2));
  await job.publish(row('1:02', 2));
  await job.publish(row('1:02', 80), row('1:03', 3)); // takes back, and another
  await until(() => job.alerts.length === 3 && job.withdrawn.length === 1);
  await job.publish(row('1:02', 4));
  await until(() => job.alerts.length === 4);
  store.restore();
  await until(async () => {
    const { stored, duplicate } = (await job.table.counts()).mqtt;
    return stored + duplicate === 8;
  });
  expect(await storedAlerts(job.table)).toBe(3);
  await job.stop();
  expect(told(job)).toEqual([['P', '01:00', 1], ['P', '01:02', 2], ['P', '01:03', 3], ['P', '01:02', 4]]);
  expect(job.withdrawn.length).toBe(1);
});

test('a correction that comes when the store is back withdraws what was told while it was away', async () => {
  const { store, job } = await jobWithStore();
  store.cut();
  await job.publish(row('1:01', 85));
  await store.hangs();
  await job.publish(row('1:02', 2));
  await until(() => job.alerts.length === 1);
  store.restore();
  await job.publish(row('1:02', 85));
  await until(() => job.withdrawn.length === 1);
  await job.stop();
  expect([told(job), job.withdrawn.length]).toEqual([[['P', '01:02', 2]], 1]);
});

test('what is told is bounded in memory: the rest is told once more when its rows are stored, and a warning says so', async () => {
  const { store, job } = await jobWithStore({ mostForetold: 2 });
  store.cut();
  await job.publish(row('1:00', 85));
  await store.hangs();
  for (let i = 1; i <= 4; i++) await job.publish(row(`1:0${i}`, i));
  await until(() => job.alerts.length === 4);
  expect(job.events.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    expect.stringContaining('once more when the store has their rows'),
  ]);
  store.restore();
  await until(async () => (await job.table.counts()).mqtt.stored === 5);
  await job.stop();
  expect(told(job).map(([, , value]) => value)).toEqual([1, 2, 3, 4, 3, 4]);
});

test('a run of alerts goes on through an absence, whole', async () => {
  const live = new LiveRuns(() => performance.now());
  const counts: number[] = [];
  const { store, job } = await jobWithStore({
    onNews: (news) => counts.push(...live.add(newRunsOf(news)).map(({ count }) => count)),
  });
  await job.publish(row('1:00', 1));
  await until(async () => (await job.table.counts()).mqtt.stored === 1);
  store.cut();
  await job.publish(row('1:01', 1));
  await store.hangs();
  await job.publish(row('1:02', 1));
  await until(() => counts.length === 3);
  await job.publish(row('1:03', 1));
  await until(() => counts.length === 4);
  store.restore();
  await until(async () => (await job.table.counts()).mqtt.stored === 4);
  await job.publish(row('1:04', 1));
  await until(() => counts.length === 5);
  await job.stop();
  expect(counts).toEqual([1, 2, 3, 4, 5]);
});
