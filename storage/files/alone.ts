import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, systemCode } from '../../domain/errors.ts';

/** Writing a small file takes milliseconds; a lock that stays for a second was left by a crash. */
const LOCK_PAUSE_MS = 20;
const LOCK_ATTEMPTS = 50;

/**
 * Runs an action on a file while no other process runs one: two that read and write at once would lose what one of them
 * wrote. `command` is the one that does it. Throws STORE_UNAVAILABLE when somebody else is at it and does not end.
 */
export function alone<T>(path: string, command: string, action: () => T): T {
  const lock = `${path}.lock`;
  mkdirSync(dirname(path), { recursive: true });
  for (let attempts = LOCK_ATTEMPTS; ; attempts--) {
    try {
      closeSync(openSync(lock, 'wx', 0o600));
      break;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      if (attempts === 0)
        throw new AppError(
          'STORE_UNAVAILABLE',
          `expected to be the only one that writes ${path}, but ${lock} is there. Remove it if no other "wellwatch ${command}" is running`,
          { cause: error },
        );
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_PAUSE_MS);
    }
  }
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}
