import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isRunning, lockInstance } from '../../../storage/files/instanceLock.ts';
import { tempDir } from '../../support/tempDir.ts';

test('a second instance is refused with the process that is there, and welcome after it is gone', async () => {
  const dir = tempDir();
  expect(await isRunning(dir)).toBe(false);
  const lock = await lockInstance(dir);
  expect(await isRunning(dir)).toBe(true);
  await expect(lockInstance(dir)).rejects.toMatchObject({
    code: 'ALREADY_RUNNING',
    message: expect.stringContaining(`process ${process.pid}`) as string,
  });
  lock.release();
  expect(await isRunning(dir)).toBe(false);
  (await lockInstance(dir)).release();
  expect(readdirSync(dir)).toEqual([]);
});

test('a socket that was left behind by kill -9 does not hold the directory', async () => {
  const dir = tempDir();
  const child = spawn(
    process.execPath,
    ['-e', `require('node:net').createServer().listen(${JSON.stringify(join(dir, 'run.sock'))}, () => console.log('up'))`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  await expect(lockInstance(dir)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(join(dir, 'run.sock'))).toBe(true);
  (await lockInstance(dir)).release();
});

test('of many that start at once exactly one gets the directory', async () => {
  const dir = tempDir();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockInstance(dir)));
  const locks = results.filter((result) => result.status === 'fulfilled');
  expect(locks.length).toBe(1);
  locks[0].value.release();
});

test('a path longer than a socket may have works too', async () => {
  const dir = join(tempDir(), 'a'.repeat(120), 'b'.repeat(120));
  mkdirSync(dir, { recursive: true });
  const lock = await lockInstance(dir);
  expect(await isRunning(dir)).toBe(true);
  await expect(lockInstance(dir)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  lock.release();
});
