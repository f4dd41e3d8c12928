import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of two sessions that want all processors, the one with this priority gets a quarter. */
const SESSION = 5;
/** Linux lets whoever is not root set the priority of a session ten times a second, over all of the machine. */
const AGAIN_MS = 150;
const MOST_TRIES = 5;

/** How a process has to be started to step back behind all: on Linux in a session of its own. */
export const BEHIND_ALL = { detached: process.platform === 'linux' };

/**
 * Puts a process that was started so behind all others, from its first instruction on: loading what it needs takes a processor for half
 * a second. A priority counts among the processes of a session. Where Linux shares processors out by sessions (autogroup), one in the site's
 * own session would hold up the kernel's threads, whatever its priority, and so the end of each write to the disk, for which an
 * acknowledgement waits. Its own session is told to step back, not to stand still: whoever asked waits for it.
 */
export async function stepBackBehindAll({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return; // it did not start, which 'error' tells
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system has no such thing: it works all the same.
  }
  if (BEHIND_ALL.detached) await lowerSession(pid);
}

async function lowerSession(pid: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await writeFile(`/proc/${pid}/autogroup`, String(SESSION));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries === MOST_TRIES) return; // no autogroups here, or it has ended
    }
    await sleep(AGAIN_MS, undefined, { ref: false });
  }
}
