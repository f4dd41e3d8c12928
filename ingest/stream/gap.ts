import type { LogEvent } from '../../domain/logEvent.ts';

/** Fewer batches than that are caught up with before anybody asks. */
const MANY = 10;

export interface Gap {
  /** Time of the last checkpoint, ms. */
  readonly last: number;
  /** What the clock says now, ms. */
  readonly now: number;
  readonly batchInterval: number;
}

/** What a person should know of the time between the last checkpoint and now, if anything: it is long, or negative. */
export function saidOfGap({ last, now, batchInterval }: Gap): LogEvent | undefined {
  const missed = Math.floor((now - last) / batchInterval);
  const [then, clock] = [new Date(last).toISOString(), new Date(now).toISOString()];
  if (missed > MANY)
    return {
      level: 'info',
      message: `${missed} batches were missed between ${then}, the last checkpoint, and ${clock}: they run now, one after the other`,
    };
  // One ahead of the clock is what a graceful stop leaves.
  if (missed < -1)
    return {
      level: 'warn',
      message: `the last checkpoint is of ${then}, but the clock says ${clock}: no batch runs until then. Was the clock set back?`,
    };
  return undefined;
}
