import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { dropFile } from '../../../support/inbox.ts';
import { runCommand } from '../../../support/command.ts';
import { PROGRAM, runProgram, startProgram } from '../../../support/program.ts';
import { store } from '../../../support/stored.ts';
import { tempDir } from '../../../support/tempDir.ts';

const WAIT = { timeout: 60_000, interval: 100 };
/** A storm of alerts: more than a pipe or a terminal takes, about a megabyte. */
const STORM = Array.from({ length: 6000 }, (_, i) => `P${i % 5},3/10/14,${Math.floor(i / 60) % 24}:${i % 60}:${i % 59},1,1,1,1,2,1`);

const statusOf = (dataDir: string) => JSON.parse(readFileSync(join(dataDir, 'status.json'), 'utf8')) as { pid: number; at: string };
const isDone = (dataDir: string) => existsSync(join(dataDir, 'inbox/done/storm.csv'));

async function takesTheStorm(dataDir: string): Promise<void> {
  await vi.waitFor(() => expect(existsSync(join(dataDir, 'status.json'))).toBe(true), WAIT);
  dropFile(join(dataDir, 'inbox'), 'storm.csv', STORM);
  await vi.waitFor(() => expect(isDone(dataDir)).toBe(true), WAIT);
  const { at } = statusOf(dataDir);
  await vi.waitFor(() => expect(statusOf(dataDir).at).not.toBe(at), WAIT); // the main thread does its work
}

test('alerts that go to a pipe which nobody reads hold up neither the job nor its end', async () => {
  const dataDir = tempDir();
  const job = startProgram(['run', '--json', '--data-dir', dataDir], { env: { WELLWATCH_RECEIVERS_MQTT: 'false' } });
  onTestFinished(() => void job.kill('SIGKILL'));
  const ended = once(job, 'exit');
  await takesTheStorm(dataDir);
  job.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test.skipIf(!existsSync('/usr/bin/script'))('a terminal that stops reading holds up neither the job nor its end', async () => {
  const dataDir = tempDir();
  const env = { ...process.env, WELLWATCH_HTTP: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' };
  const command = `${process.execPath} ${PROGRAM} run --json --data-dir ${dataDir}`;
  const terminal = spawn('/usr/bin/script', ['-qfc', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  await takesTheStorm(dataDir);
  const { pid } = statusOf(dataDir);
  process.kill(pid, 'SIGTERM');
  const ended = () => !existsSync(`/proc/${pid}/stat`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  await vi.waitFor(() => expect(ended()).toBe(true), WAIT);
});

test('a full disk behind standard output is a sentence', async () => {
  const dataDir = tempDir();
  await store(dataDir, ['COHUTTA 2014-03-13T12:00 10.27 1.73 881 1.56 85 1.94']);
  const child = spawn(process.execPath, [PROGRAM, 'export', 'readings', '-', '--data-dir', dataDir], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (text: Buffer) => (said += text.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toBe("wellwatch: the output can't be written: its disk is full\n");
});

test.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/sbin/runuser'))(
  'another user is told in a sentence what it may not write',
  async () => {
    const dataDir = tempDir();
    const backup = join(tempDir(), 'backup');
    await store(dataDir, ['COHUTTA 2014-03-13T12:00 10.27 1.73 881 1.56 85 1.94']);
    const asNobody = async (words: string) => {
      const child = spawn(
        '/usr/sbin/runuser',
        ['-u', 'nobody', '--', process.execPath, PROGRAM, ...words.split(' '), '--data-dir', dataDir],
        { cwd: '/' },
      );
      let said = '';
      child.stderr.on('data', (text: Buffer) => (said += text.toString()));
      await once(child, 'close');
      return said;
    };
    await once(spawn('chmod', ['-R', 'a+rX', dataDir]), 'close');
    await vi.waitFor(async () => expect(await asNobody('summarize')).toContain('expected that this user may write the table'), WAIT);
    expect(await asNobody('export readings /root/x.csv')).toContain('/root/x.csv, but: it is not open to this user');
    expect((await runCommand(['backup', backup, '--data-dir', dataDir])).code).toBe(0);
    expect(await asNobody(`restore ${backup}`)).toMatch(/the backup can't be read: .*backup: it is not open to this user; do it as/);
    expect((await runProgram(['summarize', '--data-dir', dataDir])).code).toBe(0);
  },
  60_000,
);
