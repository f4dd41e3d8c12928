import { lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, systemCode } from '../../domain/errors.ts';

/** Writing a small file takes milliseconds: whoever waits for longer than a second for one lock is told so. */
const LOCK_PAUSE_MS = 20;
const LOCK_ATTEMPTS = 50;
/** Others that take it in turns may be faster each time: they are waited for as long as so many locks would be. */
const LOCKS_WAITED_FOR = 10;
/** A lock of this age was left by a process that was cut off, unless that is seen to live. */
const LEFT_MS = 10_000;

/**
 * Runs an action on a file while no other process runs one: two that read and write at once would lose what one of them
 * wrote. `command` is the one that does it. Throws STORE_UNAVAILABLE when somebody else is at it and does not end. A lock of a
 * process that was killed holds up nobody.
 */
export function alone<T>(path: string, command: string, action: () => T): T {
  const lock = lockOf(path);
  for (const isWaitedFor = patience(lock); !take(lock);) {
    if (!isWaitedFor()) throw stillLocked(path, command);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_PAUSE_MS);
  }
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The same for an action that waits, on a thread that has other things to do meanwhile. */
export async function aloneMeanwhile<T>(path: string, command: string, action: () => Promise<T>): Promise<T> {
  const lock = lockOf(path);
  for (const isWaitedFor = patience(lock); !take(lock);) {
    if (!isWaitedFor()) throw stillLocked(path, command);
    await sleep(LOCK_PAUSE_MS);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Says after each attempt in vain whether another is to be made: the count begins anew with each lock that is seen. */
function patience(lock: string): () => boolean {
  let seen = '';
  let attempts = 0;
  let all = 0;
  return () => {
    const found = lstatSync(lock, { throwIfNoEntry: false });
    const now = found ? `${found.ino} ${found.ctimeMs}` : '';
    attempts = now === seen ? attempts + 1 : 1;
    seen = now;
    return attempts <= LOCK_ATTEMPTS && ++all <= LOCK_ATTEMPTS * LOCKS_WAITED_FOR;
  };
}

function lockOf(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return `${path}.lock`;
}

/**
 * Whether it was free. One that was left is taken away first. A lock is a symbolic link that leads to no file: its target says
 * who holds it. A link comes with its target in one step, so a process that is killed leaves no lock without a name.
 */
function take(lock: string): boolean {
  for (;;) {
    try {
      symlinkSync(`${process.pid} ${hostname()}`, lock);
      return true;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      if (!removeLeft(lock)) return false;
    }
  }
}

/** Removes a lock whose process is gone; says whether it did. */
function removeLeft(lock: string): boolean {
  const held = ownerOf(lock);
  if (held === undefined) return true; // it has gone just now
  if (!isLeft(lock, held)) return false;
  // Aside first: somebody else may have removed it, and taken a fresh one, since it was looked at.
  const aside = `${lock}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    renameSync(lock, aside);
    const moved = ownerOf(aside);
    if (moved !== undefined && moved !== held) symlinkSync(moved, lock);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  return true;
}

/** Who holds a lock, `PID HOST`, or undefined when it is gone. A file in its place names nobody. */
function ownerOf(lock: string): string | undefined {
  try {
    return readlinkSync(lock);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (systemCode(error) === 'EINVAL') return '';
    throw error;
  }
}

/** A process of this machine is asked whether it lives. Of another, or of a lock that names nobody, only the age tells. */
function isLeft(lock: string, owner: string): boolean {
  const takenAt = lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  const [, pid, host] = /^(\d+) (.+)$/.exec(owner) ?? [];
  if (host !== hostname()) return Date.now() - takenAt > LEFT_MS;
  // In a container the process before this one had the same number.
  if (Number(pid) === process.pid) return takenAt < Date.now() - process.uptime() * 1000 - LEFT_MS;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

function stillLocked(path: string, command: string): AppError {
  return new AppError(
    'STORE_UNAVAILABLE',
    `expected to be the only one that writes ${path}, but ${path}.lock is there. Remove it if no other ` +
    `"wellwatch ${command}" is running`,
  );
}
