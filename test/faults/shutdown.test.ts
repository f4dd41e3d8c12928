import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test, vi } from 'vitest';
import { jsonLines } from '../support/command.ts';
import { lineMatching, runProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { readingLines } from '../support/contents.ts';
import { rowOf } from '../support/feed.ts';
import { dropFile } from '../support/inbox.ts';
import { freePort } from '../support/freePort.ts';
import { until } from '../support/waiting.ts';

interface Status { balance: { received: number; stored: number; duplicate: number; rejected: number; pending: number } }

const settings = { WELLWATCH_RECEIVERS_MQTT_PORT: '0', WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false' };

test('SIGTERM stops in good order within 10 s: what was acknowledged is in the table, exit code 0, and nothing is left running', async () => {
  const dir = tempDir();
  const job = startProgram(['run', '--data-dir', dir], { env: settings });
  onTestFinished(() => void job.kill('SIGKILL'));
  let stderr = '';
  job.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [, url] = await lineMatching(job, 'stdout', /publish to +(mqtt:\S+)/);
  const publisher = await connectAsync(url, { reconnectPeriod: 0 });
  let acknowledged = 0;
  const publish = (i: number) => {
    publisher.publish('pumps/P/readings', rowOf(i), { qos: 1 }, (error) => {
      if (error) return; // the broker is gone: what was not acknowledged is not promised
      acknowledged = i + 1;
      publish(i + 1);
    });
  };
  publish(0);
  for (let file = 0; file < 20; file++)
    dropFile(
      join(dir, 'inbox'),
      `f${file}.csv`,
      Array.from({ length: 5000 }, (_, i) => rowOf(1_000_000 + file * 5000 + i)),
    );
  await until(() => acknowledged >= 20); // a busy machine takes a while to the first
  const asked = Date.now();
  job.kill('SIGTERM');
  expect(await once(job, 'exit'), stderr).toEqual([0, null]);
  expect(Date.now() - asked).toBeLessThan(10_000);
  await publisher.endAsync(true);
  const [status] = await jsonLines<Status>(['status', '--data-dir', dir]);
  expect(new Set(await readingLines({ dataDir: dir })).size).toBe(status.balance.stored);
  // A machine that is far too busy may not get it all into the table in time. Then that is said, and the next run takes it.
  if (!stderr.includes('stopped before the table had all')) expect(status.balance.pending).toBe(0);
  // The next run finishes the files, and the balance is that of everything that came.
  expect((await runProgram(['run', '--once', '--data-dir', dir], { env: settings })).code).toBe(0);
  expect(readdirSync(join(dir, 'inbox', 'done')).length).toBe(20);
  const [after] = await jsonLines<Status>(['status', '--data-dir', dir]);
  expect(after.balance.stored).toBeGreaterThanOrEqual(100_000 + acknowledged);
  expect(after.balance.received).toBe(after.balance.stored + after.balance.duplicate);
});

test('a second job on the data directory is refused with exit code 1, and commands run beside the first', async () => {
  const dir = tempDir();
  const job = startProgram(['run', '--data-dir', dir], { env: settings });
  await lineMatching(job, 'stdout', /publish to/);
  const second = await runProgram(['run', '--once', '--data-dir', dir], { env: settings });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`process ${job.pid}`);
  for (const command of ['status', 'alerts', 'stats', 'rejects', 'pumps', 'summarize'])
    expect((await runProgram([command, '--data-dir', dir])).code).toBe(0);
  job.kill('SIGINT');
  expect(((await once(job, 'exit')) as [number])[0]).toBe(0);
});

test('--supervise starts a job that was killed again, nothing is lost, and it ends with the job when it is told to stop', async () => {
  const dir = tempDir();
  const port = await freePort(); // the same one in each life
  const rows = 60_000;
  const messages = 3000;
  const keeper = startProgram(['run', '--supervise', '--data-dir', dir], {
    env: { ...settings, WELLWATCH_RECEIVERS_MQTT_PORT: String(port), WELLWATCH_LIMITS_MAX_RATE: '10000' },
  });
  let stderr = '';
  keeper.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  await lineMatching(keeper, 'stdout', /publish to/);
  const publisher = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 });
  const published = Promise.all(
    Array.from({ length: messages }, (_, i) => publisher.publishAsync('pumps/P/readings', rowOf(rows + i), { qos: 1 })),
  );
  dropFile(join(dir, 'inbox'), 'rows.csv', Array.from({ length: rows }, (_, i) => rowOf(i)));
  const balance = async () => (await jsonLines<Status>(['status', '--data-dir', dir]))[0].balance;
  const pids: number[] = [];
  for (let i = 0, stored = 0; i < 2; i++) {
    const pid = await differentPid(dir, pids);
    pids.push(pid);
    const before = stored;
    await vi.waitUntil(async () => ({ stored } = await balance()).stored > before, { timeout: 60_000, interval: 100 });
    process.kill(pid, 'SIGKILL');
  }
  expect((await balance()).stored).toBeLessThan(rows);
  const last = await differentPid(dir, pids);
  expect(last).not.toBe(keeper.pid);
  await published; // every one was acknowledged, by one life or another
  await publisher.endAsync();
  await vi.waitUntil(async () => (await balance()).stored === rows + messages, { timeout: 60_000, interval: 200 });
  const { received, duplicate, rejected, pending } = await balance();
  expect({ received, rejected, pending }).toEqual({ received: rows + messages + duplicate, rejected: 0, pending: 0 });
  expect(stderr.match(/the job was ended by SIGKILL: starting it again in/g)?.length).toBe(2);
  keeper.kill('SIGTERM');
  expect(((await once(keeper, 'exit')) as [number])[0]).toBe(0);
  expect(() => process.kill(last, 0)).toThrow();
});

test('--supervise leaves nobody behind when it is killed itself', async () => {
  const dir = tempDir();
  const keeper = startProgram(['run', '--supervise', '--data-dir', dir], { env: settings });
  await lineMatching(keeper, 'stdout', /publish to/);
  await differentPid(dir, []);
  keeper.kill('SIGKILL');
  await vi.waitUntil(async () => !(await jsonLines<{ running: boolean }>(['status', '--data-dir', dir]))[0].running, {
    timeout: 60_000,
    interval: 100,
  });
  expect((await runProgram(['run', '--once', '--data-dir', dir], { env: settings })).code).toBe(0);
});

test('--supervise gives up after five crashes within a minute, with the reason', async () => {
  const dir = tempDir();
  const job = startProgram(['run', '--data-dir', dir], { env: settings });
  await lineMatching(job, 'stdout', /publish to/);
  const keeper = await runProgram(['run', '--supervise', '--data-dir', dir], { env: settings });
  expect(keeper.code).toBe(1);
  expect(keeper.stderr.match(/another wellwatch is running/g)?.length).toBe(5);
  expect(keeper.stderr).toContain('giving up');
  job.kill('SIGTERM');
  await once(job, 'exit');
});

/** The process id of a running job that is none of those. */
async function differentPid(dir: string, known: readonly number[]): Promise<number> {
  for (let i = 0; i < 200; i++) {
    const [status] = await jsonLines<{ running: boolean; pid: number | null }>(['status', '--data-dir', dir]);
    if (status.running && status.pid && !known.includes(status.pid)) return status.pid;
    await sleep(100);
  }
  throw new Error('no new job came up');
}

test('SIGTERM in the middle of a large file ends within 10 s, twice asked too, and the next run goes on', async () => {
  const dir = tempDir();
  const lines = Array.from({ length: 400_000 }, (_, i) => rowOf(i % 2 === 0 ? i : 400_000 - i));
  dropFile(join(dir, 'inbox'), 'large.csv', [...lines, ...lines.slice(0, 300_000).map((_, i) => `x${i}`)]);
  for (const signals of [1, 2]) {
    const job = startProgram(['run', '--data-dir', dir], { env: settings });
    await lineMatching(job, 'stdout', /publish to/);
    await sleep(700);
    const asked = Date.now();
    job.kill('SIGTERM');
    const gone = once(job, 'exit') as Promise<[number | null, string | null]>;
    if (signals === 2) await sleep(600).then(() => job.kill('SIGTERM'));
    // The second may reach a process whose own handlers Node has taken down already: it ended in good order all the same.
    const [code, signal] = await gone;
    expect([0, 130, ...(signals === 2 ? ['SIGTERM'] : [])]).toContain(code ?? signal);
    expect(Date.now() - asked).toBeLessThan(10_000);
  }
  const rest = await runProgram(['run', '--once', '--json', '--data-dir', dir], { env: settings });
  expect(rest.code, rest.stderr).toBe(0);
  const [status] = await jsonLines<Status>(['status', '--data-dir', dir]);
  expect(status.balance.received).toBe(700_000);
  expect(status.balance.rejected).toBe(300_000);
});

test('what a library leaves behind in the job’s thread does not hold up the end', async () => {
  const leftBehind = 'import { isMainThread } from "node:worker_threads"; if (!isMainThread) setInterval(() => undefined, 1000);';
  const env = { ...settings, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(leftBehind)}` };
  const { code, stderr } = await runProgram(['run', '--once', '--data-dir', tempDir()], { env });
  expect(code, stderr).toBe(0);
});

test('a job that fails says why', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'table'), { recursive: true });
  writeFileSync(join(dir, 'table', 'data.mdb'), Buffer.alloc(40_000, 7));
  const { code, stderr } = await runProgram(['run', '--once', '--data-dir', dir], { env: settings });
  expect(code).toBe(1);
  expect(stderr).toContain('data.mdb');
});

test('SIGTERM at any moment of the start ends a job in good order', async () => {
  for (const ms of [350, 500, 700]) {
    const dir = tempDir();
    const job = startProgram(['run', '--quiet', '--data-dir', dir], { env: settings });
    const gone = once(job, 'exit') as Promise<[number | null, string | null]>;
    // The lock is the first thing that a start takes.
    await until(() => existsSync(join(dir, 'run.pid')) || job.exitCode !== null);
    await sleep(ms - 350);
    job.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  }
});
