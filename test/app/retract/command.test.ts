import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { dropFile } from '../../support/inbox.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

const ENV = { WELLWATCH_HTTP: 'false', WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_SUMMARY: 'false' };
const GOOD = 'A,3/10/14,1:00,1,2,3,4,50,6\nA,3/10/14,1:01,1,2,3,4,1,6\n';
const BAD = 'A,3/10/14,1:00,1,2,3,4,2,6\nA,3/10/14,1:01,1,2,3,4,70,6\nA,3/11/14,1:00,1,2,3,4,3,6\n';

interface StatusLine {
  readonly balance: { readonly received: number; readonly stored: number; readonly retracted: number; readonly alerts: number };
}

/** A data directory that has taken some files, one after the other. */
async function siteWith(files: Readonly<Record<string, string>>, dir = tempDir()): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, 'inbox'), { recursive: true });
    writeFileSync(join(dir, 'inbox', name), text);
    await runProgram(['run', '--once', '--data-dir', dir], { env: ENV });
  }
  return dir;
}

const lines = <T>(dir: string, ...words: string[]) => jsonLines<T>([...words, '--data-dir', dir], { env: ENV });
const psis = async (dir: string) =>
  (await lines<{ at: string; psi: number }>(dir, 'readings', '--pump', 'A')).map(({ at, psi }) => [at.slice(8, 16), psi]);
const alertTimes = async (dir: string) => (await lines<{ at: string }>(dir, 'alerts')).map(({ at }) => at.slice(8, 16));
const balanceOf = async (dir: string) => (await lines<StatusLine>(dir, 'status'))[0].balance;

const site = mkdtempSync(join(tmpdir(), 'wellwatch-'));
beforeAll(() => siteWith({ 'good.csv': GOOD, 'bad.csv': BAD }, site));
afterAll(() => rmSync(site, { recursive: true }));

test('a source that is taken back leaves what it had replaced, its alerts and statistics go; the balance and an act tell of it', async () => {
  await lines(site, 'summarize');
  const dry = await lines(site, 'retract', '--source', 'bad.csv', '--dry-run');
  expect(dry).toEqual([{ retracted: 3, pumpDays: 2 }]);
  expect(await psis(site)).toEqual([['10T01:00', 2], ['10T01:01', 70], ['11T01:00', 3]]);
  expect(await lines(site, 'acts')).not.toContainEqual(expect.objectContaining({ kind: 'retract' }));

  expect(await lines(site, 'retract', '--source', 'bad.csv', '--reason', 'Wrong mapping', '--by', 'anna')).toEqual(dry);
  expect(await psis(site)).toEqual([['10T01:00', 50], ['10T01:01', 1]]);
  expect(await alertTimes(site)).toEqual(['10T01:01']);
  expect(await balanceOf(site)).toMatchObject({ received: 5, stored: 5, retracted: 3 });
  expect((await lines<{ retracted: number }>(site, 'receipts')).map(({ retracted }) => retracted)).toEqual([0, 3]);
  expect((await lines(site, 'acts')).at(-1)).toMatchObject({
    kind: 'retract', by: 'anna', pump: null, comment: 'Wrong mapping', retract: { sources: ['bad.csv'], from: null, to: null },
  });
  await lines(site, 'summarize');
  expect((await lines<{ date: string; psi: { avg: number } }>(site, 'stats')).map(({ date, psi }) => [date, psi.avg])).toEqual([['2014-03-10', 25.5]]);
  expect(await lines(site, 'retract', '--source', 'bad.csv', '--reason', 'Once more')).toEqual([{ retracted: 0, pumpDays: 0 }]);
  const { stdout } = await runCommand(['status', '--data-dir', site], { env: ENV });
  expect(stdout).toContain('3 stored rows were taken back since');
});

test('what can not be meant is refused, and nothing is written down', async () => {
  const refusals: [words: string[], text: string][] = [
    [['--reason', 'x'], 'expected either --source'],
    [['--source', 'nobody.csv', '--reason', 'x'], 'nothing has come from nobody.csv'],
    [['--source', 'good.csv'], '--reason: expected some words'],
    [['--pump', 'A', '--from', '2014-03-10', '--reason', 'x'], '--pump: expected --from and --to'],
    [['--pump', 'Z', '--from', '2014-03-10', '--to', '2014-03-10', '--reason', 'x'], 'There is no pump Z'],
  ];
  const before = await lines(site, 'acts');
  for (const [words, text] of refusals) {
    const { code, stderr } = await runCommand(['retract', ...words, '--data-dir', site], { env: ENV });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) as string });
  }
  expect(await lines(site, 'acts')).toEqual(before);
});

test('a running job takes back what is asked for beside it, and goes on with what comes', async () => {
  const dir = await siteWith({ 'good.csv': GOOD, 'bad.csv': BAD });
  const job = startProgram(['run', '--quiet', '--data-dir', dir], { env: ENV });
  onTestFinished(() => void job.kill('SIGKILL'));
  await until(async () => (await lines<{ running: boolean; pid: number | null }>(dir, 'status'))[0].pid !== null, 'the job runs');
  const range = ['--pump', 'A', '--from', '2014-03-10T01:01', '--to', '2014-03-11'];
  expect(await lines(dir, 'retract', ...range, '--reason', 'Clock')).toEqual([{ retracted: 3, pumpDays: 2 }]);
  expect(await psis(dir)).toEqual([['10T01:00', 2]]);
  const traced = await runCommand(['trace', 'A', '2014-03-10T01:01', '--data-dir', dir], { env: ENV });
  expect(traced.stderr).toMatch(/taken back by .*: Clock\nThere is no reading/);
  dropFile(join(dir, 'inbox'), 'more.csv', 'A,3/10/14,1:01,1,2,3,4,9,6\n');
  await until(async () => (await balanceOf(dir)).stored === 6, 'the next file is taken');
  expect(await psis(dir)).toEqual([['10T01:00', 2], ['10T01:01', 9]]);
  const ended = once(job, 'exit');
  job.kill('SIGTERM');
  await ended;
  const { stderr } = await runProgram(['run', '--once', '--data-dir', dir], { env: ENV });
  expect(stderr).not.toContain('counted anew');
});

test('kills at random moments of taking back leave what one without a kill leaves, once who writes next has gone on with it',
  { timeout: 120_000 }, async () => {
    const rows = (psi: number) => Array.from({ length: 40_000 }, (_, i) =>
      `${i % 4 === 0 ? 'A' : 'B'},${formatTime(Date.UTC(2014, 2, 10) + i * 10_000).replace('T', ',')},1,2,3,4,${psi},6\n`).join('');
    const dir = await siteWith({ 'good.csv': rows(50), 'bad.csv': rows(1) });
    const [planned] = await lines<{ retracted: number }>(dir, 'retract', '--source', 'bad.csv', '--dry-run');
    expect(planned.retracted).toBe(40_000);
    for (let kill = 0, before = 0; kill < 3; kill++) {
      const killed = startProgram(['retract', '--source', 'bad.csv', '--reason', 'Wrong', '--data-dir', dir], { env: ENV });
      const ended = once(killed, 'exit');
      for (let now = before; now === before && killed.exitCode === null; now = (await balanceOf(dir)).retracted);
      killed.kill('SIGKILL');
      await ended;
      const { retracted, received, stored } = await balanceOf(dir);
      expect(received).toBe(stored);
      expect(retracted % 5000).toBe(0); // whole pieces
      before = retracted;
    }
    await runProgram(['run', '--once', '--data-dir', dir], { env: ENV });
    expect(await balanceOf(dir)).toMatchObject({ stored: 80_000, retracted: 40_000 });
    expect(await alertTimes(dir)).toEqual([]);
    expect(new Set((await psis(dir)).map(([, psi]) => psi))).toEqual(new Set([50]));
    expect((await lines<{ retracted: number }>(dir, 'receipts')).map(({ retracted }) => retracted)).toEqual([0, 40_000]);
  });
