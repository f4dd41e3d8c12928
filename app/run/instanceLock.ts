import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';

/** A socket's path may have about 100 bytes; a longer one is reached through the open folder. */
const LONGEST_PATH = 100;

/** Holds a data directory for one running job. */
export interface InstanceLock {
  release(): void;
}

/**
 * Takes the data directory, or throws ALREADY_RUNNING. The lock is a socket that listens: it lives as
 * long as its process, whatever kills that, and is seen from other containers on the same volume. A
 * hard link gives it its name, which succeeds for one process only.
 */
export async function lockInstance(dir: string): Promise<InstanceLock> {
  const folder = openSync(dir, 'r');
  const reach = (name: string) => (Buffer.byteLength(join(dir, name)) > LONGEST_PATH ? `/proc/self/fd/${folder}/${name}` : join(dir, name));
  const own = `run-${process.pid}-${randomBytes(4).toString('hex')}.sock`;
  const server = await listen(reach(own), dir);
  try {
    for (;;) {
      try {
        linkSync(join(dir, own), join(dir, 'run.sock'));
        break;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw new AppError('STORE_UNAVAILABLE', `the data directory ${dir} can't be locked: ${messageOf(error)}`, { cause: error });
      }
      await removeStale(dir, reach);
    }
    writeFileSync(join(dir, 'run.pid'), `${process.pid}\n`);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(join(dir, own), { force: true }); // a closed server has removed it already
    closeSync(folder);
  }
  return {
    release() {
      for (const name of ['run.sock', 'run.pid']) rmSync(join(dir, name), { force: true });
      server.close();
    },
  };
}

/** Whether a job is running on a data directory. */
export async function isRunning(dir: string): Promise<boolean> {
  let folder: number;
  try {
    folder = openSync(dir, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
  try {
    const path = join(dir, 'run.sock');
    return await answers(Buffer.byteLength(path) > LONGEST_PATH ? `/proc/self/fd/${folder}/run.sock` : path);
  } finally {
    closeSync(folder);
  }
}

/** Removes the lock of a process that is gone. It is moved aside first, so that a fresh one of somebody else can be put back. */
async function removeStale(dir: string, reach: (name: string) => string): Promise<void> {
  if (await answers(reach('run.sock'))) throw alreadyRunning(dir);
  const aside = `run-stale-${randomBytes(4).toString('hex')}.sock`;
  try {
    renameSync(join(dir, 'run.sock'), join(dir, aside));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (await answers(reach(aside))) {
    linkSync(join(dir, aside), join(dir, 'run.sock'));
    unlinkSync(join(dir, aside));
    throw alreadyRunning(dir);
  }
  unlinkSync(join(dir, aside));
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listen(path: string, dir: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error) => reject(new AppError('STORE_UNAVAILABLE', `the data directory ${dir} can't be locked: ${messageOf(error)}`, { cause: error })));
    server.listen(path, () => resolve(server));
  });
}

function alreadyRunning(dir: string): AppError {
  return new AppError('ALREADY_RUNNING', `another wellwatch is running on the data directory ${dir} (process ${readPid(dir)}). Stop it first, or give this one a directory of its own with --data-dir`);
}

function readPid(dir: string): string {
  try {
    return readFileSync(join(dir, 'run.pid'), 'utf8').trim();
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'unknown' : messageOf(error);
  }
}
