import { setTimeout as sleep } from 'node:timers/promises';

/** Far more than it takes on a busy machine: it only bounds how long a test fails. */
const LONGEST_MS = 60_000;

/** Asks every 10 ms until something holds; fails after a minute with what it waited for. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it comes about'): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${LONGEST_MS / 1000} s in vain until ${what}`);
    await sleep(10);
  }
}
