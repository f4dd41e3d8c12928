import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';
import { whyNot } from './diskProblem.ts';

/** A socket's path may have about 100 bytes; a longer one is reached through the open folder. */
const LONGEST_PATH = 100;

/** Holds a folder for one program, such as a data directory for one running job. */
export interface InstanceLock {
  release(): void;
}

export interface InstanceLockOptions {
  /** The lock's files are `NAME.sock` and `NAME.pid`; by default those of a running job. */
  readonly name?: string;
  /** What to say to the second program; `pid` is the first one's process. */
  readonly refusal?: (pid: string) => string;
}

/** A folder that is being locked. `reach` gives the path of a socket in it. */
interface Folder extends Required<InstanceLockOptions> {
  readonly dir: string;
  readonly reach: (name: string) => string;
}

/**
 * Takes a folder, by default a data directory, or throws ALREADY_RUNNING. The lock is a socket that listens: it lives as
 * long as its process, whatever kills that, and is seen from other containers on the same volume. A
 * hard link gives it its name, which succeeds for one process only.
 */
export async function lockInstance(
  dir: string,
  { name = 'run', refusal = (pid) => alreadyRunning(dir, pid) }: InstanceLockOptions = {},
): Promise<InstanceLock> {
  const folder = openSync(dir, 'r');
  const reach = (file: string) => (Buffer.byteLength(join(dir, file)) > LONGEST_PATH ? `/proc/self/fd/${folder}/${file}` : join(dir, file));
  const own = `${name}-${process.pid}-${randomBytes(4).toString('hex')}.sock`;
  const server = await listen(reach(own), dir);
  try {
    for (;;) {
      try {
        linkSync(join(dir, own), join(dir, `${name}.sock`));
        break;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST')
          throw unlockable(dir, error);
      }
      await removeStale({ dir, name, refusal, reach });
    }
    writePid(dir, name);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    remove(join(dir, own)); // a closed server has removed it already
    closeSync(folder);
  }
  return {
    release() {
      for (const end of ['sock', 'pid']) remove(join(dir, `${name}.${end}`));
      server.close();
    },
  };
}

/**
 * Removes a file that may be gone, without a look at it as `rmSync` takes: once Node 20 has looked at a socket, it does not follow links to
 * packages any more, and a package that is loaded then is loaded a second time, by halves.
 */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** Leaves no lock behind that nobody holds. */
function writePid(dir: string, name: string): void {
  const path = join(dir, `${name}.pid`);
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    for (const file of [path, join(dir, `${name}.sock`)]) remove(file);
    throw unlockable(dir, error);
  }
}

function unlockable(dir: string, error: unknown): AppError {
  return new AppError('STORE_UNAVAILABLE', `the folder ${dir} can't be locked: ${whyNot(error)}`, { cause: error });
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
async function removeStale({ dir, name, refusal, reach }: Folder): Promise<void> {
  const refused = (): AppError => new AppError('ALREADY_RUNNING', refusal(readPid(join(dir, `${name}.pid`))));
  const socket = `${name}.sock`;
  if (await answers(reach(socket))) throw refused();
  const aside = `${name}-stale-${randomBytes(4).toString('hex')}.sock`;
  try {
    renameSync(join(dir, socket), join(dir, aside));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (await answers(reach(aside))) {
    linkSync(join(dir, aside), join(dir, socket));
    unlinkSync(join(dir, aside));
    throw refused();
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
    server.once('error', (error) =>
      reject(unlockable(dir, error)),
    );
    server.listen(path, () => resolve(server));
  });
}

function alreadyRunning(dir: string, pid: string): string {
  return `another wellwatch is running on the data directory ${dir} (process ${pid}). Stop it first, or give this one a directory of ` +
    'its own with --data-dir';
}

function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'unknown' : messageOf(error);
  }
}
