import { getPriority, setPriority } from 'node:os';

/**
 * Gives a thread a niceness (see nice(2)) when it is called in it, unless it has a higher one: nobody may go before where
 * `nice` has put him. On Linux it is the thread's own, elsewhere the whole process's.
 */
export function stepBack(niceness: number): void {
  setPriority(0, Math.max(getPriority(0), niceness));
}
