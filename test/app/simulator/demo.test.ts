import { expect, test } from 'vitest';
import { demoLines } from '../../../app/simulator/demo.ts';

interface DemoRun {
  readonly timezone?: string;
  readonly seed?: number;
  readonly from?: string;
  /** Called with each pause's length; may move the clock further than that. */
  readonly oversleep?: (ms: number) => number;
}

/** The lines of some seconds of the demo, by a clock that pauses move. */
async function lines(
  seconds: number,
  { timezone = 'UTC', seed = 1, from = '2026-11-21T09:47:05.400Z', oversleep = (ms) => ms }: DemoRun = {},
): Promise<string[]> {
  let now = Date.parse(from);
  const end = now + seconds * 1000;
  const stop = new AbortController();
  const pause = async (ms: number) => {
    now += oversleep(ms);
  };
  const all: string[] = [];
  for await (const { pump, line } of demoLines({ seed, timezone, now: () => new Date(now), signal: stop.signal, pause })) {
    expect(line.toString().startsWith(`${pump},`)).toBe(true);
    all.push(line.toString());
    if (now >= end) stop.abort();
  }
  return all;
}

const fields = (line: string) => line.split(',');

function bySecond(all: readonly string[]): Record<string, string[]> {
  const seconds: Record<string, string[]> = {};
  for (const line of all) (seconds[fields(line)[2]] ??= []).push(line);
  return seconds;
}

test('ten pumps report once a second, by the wall clock of the site, each second once', async () => {
  const all = await lines(10, { timezone: 'America/Chicago' });
  expect(all[0]).toMatch(/^TECHE,11\/21\/26,3:47:06,/);
  const keys = all.map((line) => fields(line).slice(0, 3).join());
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => key.startsWith('TECHE,')).length).toBeGreaterThanOrEqual(9);
  expect(new Set(all.map((line) => fields(line)[0])).size).toBe(10);
});

test('midnight at the site is hour 0 of the next day', async () => {
  const all = await lines(3, { timezone: 'America/Chicago', from: '2026-11-21T05:59:58.000Z' });
  expect(all.map((line) => fields(line).slice(1, 3).join())).toEqual(expect.arrayContaining(['11/20/26,23:59:59', '11/21/26,0:00:00']));
});

test('the pump that failed in the sample stays so, and another one loses pressure within ten seconds, for twenty to forty, and returns; later others do', async () => {
  for (const seed of [1, 2, 3]) {
    const all = await lines(400, { seed });
    expect(all.filter((line) => line.startsWith('MERMENTAU,')).every((line) => fields(line)[7] === '0')).toBe(true);
    const failed = Object.values(bySecond(all)).map((readings) =>
      readings.filter((line) => fields(line)[7] === '0' && !line.startsWith('MERMENTAU,')).map((line) => fields(line)[0]),
    );
    const runs: { pump: string; from: number; length: number }[] = [];
    failed.forEach(([pump], second) => {
      const last = runs.at(-1);
      if (pump === undefined) return;
      if (last?.pump === pump && last.from + last.length === second) last.length++;
      else runs.push({ pump, from: second, length: 1 });
    });
    expect(runs.length).toBeGreaterThan(3);
    expect(runs[0].from).toBeLessThan(10);
    for (const { length } of runs.slice(0, -1)) {
      expect(length).toBeGreaterThanOrEqual(20);
      expect(length).toBeLessThanOrEqual(40);
    }
    expect(new Set(runs.map(({ pump }) => pump)).size).toBeGreaterThan(1);
  }
});

test('a seed gives the same measures again, another one others', async () => {
  expect(await lines(20, { seed: 4 })).toEqual(await lines(20, { seed: 4 }));
  expect(await lines(20, { seed: 4 })).not.toEqual(await lines(20, { seed: 5 }));
});

test('after the machine has slept the readings go on at the present time, and none is told twice', async () => {
  let pauses = 0;
  const all = await lines(120, { oversleep: (ms) => (++pauses === 20 ? 60_000 : ms) });
  const teche = all.filter((line) => line.startsWith('TECHE,')).map((line) => fields(line)[2]);
  expect(new Set(teche).size).toBe(teche.length);
  expect(teche.length).toBeLessThan(70);
  expect(teche.length).toBeGreaterThan(50);
});

test('an abort ends it during a pause', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  const all: string[] = [];
  for await (const { pump } of demoLines({ seed: 1, timezone: 'UTC', now: () => new Date(), signal: stop.signal })) all.push(pump);
  expect(all.length).toBeLessThan(11);
});
