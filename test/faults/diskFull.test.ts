import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { jsonLines, runCommand } from '../support/command.ts';
import { lineMatching, runProgram, startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { rowOf } from '../support/feed.ts';

/** A real file system of a few MB; undefined where this user may not mount one. */
function smallDisk(): string | undefined {
  const dir = tempDir();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dir]).status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', dir]));
  return dir;
}

const settings = { WELLWATCH_RECEIVERS_MQTT_PORT: '0', WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false' };

test('a full disk ends the job with exit code 1; what was acknowledged is there after a restart with space', async (context) => {
  const dir = smallDisk();
  if (!dir) return context.skip('mounting a small file system needs root');
  const job = startProgram(['run', '--data-dir', dir], { env: settings });
  let stderr = '';
  job.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const exit = once(job, 'exit') as Promise<[number | null]>;
  const [, url] = await lineMatching(job, 'stdout', /publish to +(mqtt:\S+)/);
  const publisher = await connectAsync(url, { reconnectPeriod: 0 });
  writeFileSync(join(dir, 'ballast'), Buffer.alloc(3_000_000));
  const acknowledged: number[] = [];
  const sent: Promise<unknown>[] = [];
  for (let i = 0; i < 60_000 && job.exitCode === null; i++) {
    sent.push(publisher.publishAsync('pumps/P/readings', rowOf(i), { qos: 1 }).then(() => acknowledged.push(i), () => undefined));
    if (i % 200 === 0) await Promise.race([Promise.all(sent.splice(0)), exit]);
  }
  const [code] = await exit;
  await publisher.endAsync(true);
  expect(code).toBe(1);
  expect(stderr).toMatch(/no space|space is left|ENOSPC|full/i);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(acknowledged.length).toBeGreaterThan(100);

  type Status = { balance: { received: number; stored: number; duplicate: number }; lastEnd: { inOrder: boolean } };
  const statusNow = async () => (await jsonLines<Status>(['status', '--data-dir', dir]))[0];
  rmSync(join(dir, 'ballast'));
  expect((await statusNow()).lastEnd.inOrder).toBe(false);
  const again = await runProgram(['run', '--once', '--json', '--data-dir', dir], { env: settings });
  expect(again.code, again.stderr).toBe(0);
  const there = new Set<string>();
  for (let pump = 0; pump < 7; pump++)
    for (const line of await jsonLines<{ pump: string; at: string }>(['readings', '--pump', `PUMP_${pump}`, '--data-dir', dir]))
      there.add(`${line.pump} ${line.at}`);
  expect(there.size).toBeGreaterThanOrEqual(acknowledged.length);
  const status = await statusNow();
  expect(status.lastEnd.inOrder).toBe(true);
  expect(status.balance.received).toBe(status.balance.stored + status.balance.duplicate);
});

test('a start on a full disk, and whatever else writes there, is a sentence that says what to do, and leaves nothing torn', async (context) => {
  const dir = smallDisk();
  if (!dir) return context.skip('mounting a small file system needs root');
  const left = 400_000; // room for a lock and logs, not for a table
  writeFileSync(join(dir, 'ballast'), Buffer.alloc(6 * 1024 * 1024 - left));
  const once = ['run', '--once', '--json', '--data-dir', dir];
  expect(await runProgram(once, { env: settings })).toMatchObject({
    code: 1, stderr: expect.stringMatching(/open the table in .*: its disk is full, less than 1 MB is free; make room there\n$/) as string,
  });
  expect(() => writeFileSync(join(dir, 'more'), Buffer.alloc(left))).toThrow('ENOSPC');
  const full = expect.stringMatching(/^wellwatch: .*\/\S+ can't be (locked|written|used): its disk is full; make room there/m) as string;
  for (const words of [['run', '--once'], ['token', 'add', 'ann', '--role', 'read']])
    expect(await runCommand([...words, '--data-dir', dir], { env: { WELLWATCH_RECEIVERS_MQTT: 'false' } })).toMatchObject({ code: 1, stderr: full });
  expect(readdirSync(dir)).not.toContain('run.sock');
  for (const name of ['ballast', 'more']) rmSync(join(dir, name));
  expect(await runProgram(once, { env: settings })).toMatchObject({ code: 0 });
});
