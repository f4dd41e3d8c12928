import { performance } from 'node:perf_hooks';
import { onTestFinished } from 'vitest';

/** Counts rounds of the event loop until the test is finished, to tell whether other work has had its turn in between. */
export function countRounds() {
  let rounds = 0;
  const count = () => { rounds++; counting = setImmediate(count); };
  let counting = setImmediate(count);
  onTestFinished(() => clearImmediate(counting));
  const seen = new Set<number>();
  return {
    /** Holds up the thread for longer than a turn, and notes in which round. */
    holdUp() {
      seen.add(rounds);
      for (const end = performance.now() + 6; performance.now() < end;);
    },
    /** In how many rounds it was held up. */
    seen: () => seen.size,
  };
}
