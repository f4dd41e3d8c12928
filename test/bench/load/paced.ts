import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** The first questions find code that has not been compiled yet. */
export const WARM_UP_MS = 2000;

/** How often something is done, and for how long after the warm-up. */
export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Does something so many times a second, whether or not it was done with before: who answers slowly is asked no less.
 * Gives how long each took, in ms, without the warm-up; `act` is told how many there were before.
 */
export async function paced({ perSecond, seconds }: Pace, act: (number: number) => Promise<void>): Promise<number[]> {
  const everyMs = 1000 / perSecond;
  const begin = performance.now();
  const end = begin + WARM_UP_MS + seconds * 1000;
  const latencies: number[] = [];
  const acts: Promise<void>[] = [];
  for (let number = 0; begin + number * everyMs < end; number++) {
    await sleep(Math.max(0, begin + number * everyMs - performance.now()));
    const startedAt = performance.now();
    acts.push(act(number).then(() => {
      if (startedAt - begin >= WARM_UP_MS) latencies.push(performance.now() - startedAt);
    }));
  }
  await Promise.all(acts);
  return latencies;
}
