import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { DailySchedule } from '../../batch/schedule.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Runs {
  /** When each run began, in UTC. */
  readonly began: string[];
  /** Ends the run that is under way. */
  end(): Promise<void>;
}

function schedule(at: string, timezone: string, { endless = false } = {}): Runs {
  const began: string[] = [];
  let end = (): void => undefined;
  const daily = new DailySchedule({
    at, timezone,
    run() {
      began.push(new Date().toISOString().slice(0, 16));
      return endless ? new Promise((resolve) => { end = resolve; }) : Promise.resolve();
    },
  });
  daily.start();
  onTestFinished(() => daily.stop());
  return { began, end: async () => { end(); await vi.advanceTimersByTimeAsync(0); } };
}

const hours = (count: number) => vi.advanceTimersByTimeAsync(count * 3_600_000);

test('it runs at the start, which catches up what was missed, and then daily by the wall clock of the site', async () => {
  vi.setSystemTime('2026-01-15T15:00Z');
  const { began } = schedule('00:30', 'America/Chicago');
  await hours(40);
  expect(began).toEqual(['2026-01-15T15:00', '2026-01-16T06:30', '2026-01-17T06:30']);
});

test('the day on which the clock skips the time has its run all the same', async () => {
  vi.setSystemTime('2026-03-07T12:00Z');
  const { began } = schedule('02:30', 'America/Chicago');
  await hours(44);
  expect(began.length).toBe(3);
  expect(began[1].slice(0, 10)).toBe('2026-03-08');
  expect(began[2]).toBe('2026-03-09T07:30');
});

test('the day that has the time twice has one run', async () => {
  vi.setSystemTime('2026-10-31T12:00Z');
  const { began } = schedule('01:30', 'America/Chicago');
  await hours(48);
  expect(began.slice(1).map((at) => at.slice(0, 10))).toEqual(['2026-11-01', '2026-11-02']);
});

test('there are never two at once: the next one follows when a long one has ended', async () => {
  vi.setSystemTime('2026-01-15T15:00Z');
  const runs = schedule('16:00', 'UTC', { endless: true });
  await hours(2);
  expect(runs.began).toEqual(['2026-01-15T15:00']);
  await runs.end();
  expect(runs.began).toEqual(['2026-01-15T15:00', '2026-01-15T17:00']);
  await runs.end();
  await hours(1);
  expect(runs.began.length).toBe(2);
});

test('after stop nothing begins, not even what was waiting', async () => {
  vi.setSystemTime('2026-01-15T15:00Z');
  let ended = (): void => undefined;
  let runs = 0;
  const daily = new DailySchedule({ at: '16:00', timezone: 'UTC', run: () => new Promise((resolve) => { runs++; ended = resolve; }) });
  daily.start();
  await hours(2);
  daily.stop();
  ended();
  await hours(48);
  expect(runs).toBe(1);
});
