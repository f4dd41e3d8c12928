import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measureDisk } from '../../../app/disk/measure.ts';
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

test('links to packages are followed after a folder was locked, and measured, so that none is loaded a second time under another name', async () => {
  const dir = realpathSync(tempDir());
  for (const name of ['one', 'two', 'three', 'four']) {
    mkdirSync(join(dir, 'packages', name), { recursive: true });
    writeFileSync(join(dir, 'packages', name, 'index.js'), '');
  }
  mkdirSync(join(dir, 'program'));
  symlinkSync('../packages', join(dir, 'program/node_modules'));
  const { resolve } = createRequire(join(dir, 'program/main.js'));
  const found = (name: string) => resolve(name) === join(dir, 'packages', name, 'index.js');
  expect(found('one')).toBe(true);
  const lock = await lockInstance(dir);
  expect(found('two')).toBe(true);
  await measureDisk({ dataDir: dir, receivers: { directory: false }, parquet: false, site: { timezone: 'UTC' } } as never, Date.now());
  expect(found('three')).toBe(true);
  lock.release();
  expect(found('four')).toBe(true);
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
