import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { WindowStatus } from '../../app/run/windowStatus.ts';
import { jsonLines } from '../support/command.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { statusOf } from '../support/contents.ts';
import { randomNumbers, rowOf } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';

const KILLS = 5;
const FILES = 16;
const ROWS_A_FILE = 1500;
const LATENESS_MS = 3_600_000;

interface Summary {
  count: number;
  min: number;
  max: number;
  sum: number;
  alerts: number;
}

test('a window of an hour, and the totals, hold after kills what they would have held without', { timeout: 120_000 }, async () => {
  const random = randomNumbers(20140310);
  const dir = tempDir();
  const env = {
    WELLWATCH_RECEIVERS_MQTT: 'false',
    WELLWATCH_HTTP: 'false',
    WELLWATCH_SUMMARY: 'false',
    WELLWATCH_LIMITS_MAX_ROWS_PER_STEP: '250',
    WELLWATCH_BATCH_INTERVAL: '200ms',
    WELLWATCH_WINDOW_LENGTH: '1h',
    WELLWATCH_WINDOW_SLIDE: '200ms',
  };
  const run = (more = {}) => startProgram(['run', '--quiet'], { cwd: dir, env: { ...env, ...more } });
  // every other one first: the rest brings late rows
  const numbers = Array.from({ length: FILES }, (_, file) => ((file * 2) % FILES) + Number(file >= FILES / 2));
  const lines = numbers.map((number) => Array.from({ length: ROWS_A_FILE }, (_, i) => rowOf(number * ROWS_A_FILE + i)));
  lines.push(lines[3]); // duplicates are in no window
  lines.forEach((rows, file) => dropFile(join(dir, 'var/inbox'), `f${file}.csv`, rows));
  let stored = 0;
  let kills = 0;
  for (; kills < KILLS && stored < FILES * ROWS_A_FILE; kills++) {
    const job = run({ WELLWATCH_LIMITS_MAX_RATE: '2000' });
    const gone = once(job, 'exit');
    const before = stored;
    while (stored === before && job.exitCode === null) {
      await sleep(random() * 300);
      stored = (await statusOf({ dataDir: join(dir, 'var') })).balance.stored;
    }
    job.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
  }
  expect(kills).toBeGreaterThan(1);

  const last = run();
  let status: { window: WindowStatus | null; late: number } = { window: null, late: 0 };
  for (let look = 0; look < 200 && !(status.window?.rows.reduce((sum, { count }) => sum + count, 0) === FILES * ROWS_A_FILE); look++) {
    await sleep(250);
    [status] = await jsonLines<typeof status>(['status'], { cwd: dir });
  }
  last.kill('SIGTERM');
  expect(await once(last, 'exit')).toEqual([0, null]);

  const expected = new Map<string, Summary>();
  const totals = new Map<string, { rows: number; late: number; newest: number }>();
  for (const line of lines.slice(0, FILES).flat()) {
    const [pump, date, clock, , , , , psi] = line.split(',');
    const [month, day] = date.split('/');
    const key = `${pump} 2014-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    const { count, min, max, sum, alerts } = expected.get(key) ?? { count: 0, min: Infinity, max: -Infinity, sum: 0, alerts: 0 };
    expected.set(key, {
      count: count + 1,
      min: Math.min(min, Number(psi)),
      max: Math.max(max, Number(psi)),
      sum: sum + Number(psi),
      alerts: alerts + Number(Number(psi) < 5),
    });
    const at = Date.parse(`${date} ${clock} UTC`);
    const { rows, late, newest } = totals.get(pump) ?? { rows: 0, late: 0, newest: -Infinity };
    totals.set(pump, { rows: rows + 1, late: late + Number(at < newest - LATENESS_MS), newest: Math.max(newest, at) });
  }
  const { window } = status;
  expect(window?.pumpDays).toBe(expected.size);
  expect(
    Object.fromEntries(
      window!.rows.map(({ pump, date, count, min, max, mean, alerts }) => [
        `${pump} ${date}`,
        { count, min, max, sum: Math.round(mean * count), alerts },
      ]),
    ),
  ).toEqual(Object.fromEntries(expected));
  for (const { pump, total } of window!.rows) expect(total).toMatchObject({ rows: totals.get(pump)!.rows, late: totals.get(pump)!.late });
  expect(status.late).toBe([...totals.values()].reduce((sum, { late }) => sum + late, 0));
  expect(status.late).toBeGreaterThan((FILES * ROWS_A_FILE) / 4);
});
