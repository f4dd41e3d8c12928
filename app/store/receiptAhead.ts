import { formatDuration } from '../../domain/duration.ts';
import { type Json, newestReceipt, RECEIPT_STATE, type StoredState } from '../../storage/table/state.ts';

/** Clocks that are set right now and then are so much apart. */
const USUAL_MS = 60_000;
const MINUTE_MS = 60_000;

/**
 * How far the newest stored time of receipt is ahead of the system's clock, ms; 0 when it is not, or no more than a minute.
 * It is after runs with a clock that was ahead: times of receipt never fall, so they stand still until the clock is there.
 */
export function aheadMs(state: ReadonlyMap<string, Json>, now: number): number {
  const ahead = newestReceipt(state) - now;
  return ahead > USUAL_MS ? ahead : 0;
}

/** The same of a table. */
export async function receiptAheadMs(table: Pick<StoredState, 'state'>, now: number): Promise<number> {
  return aheadMs(await table.state(RECEIPT_STATE), now);
}

/** What is so then. */
export function aheadText(ahead: number, now: number): string {
  return (
    `the newest stored time of receipt, ${new Date(now + ahead).toISOString()}, is ${roughly(ahead)} ahead of the system's clock, ` +
    'which was wrong once or is now. Rows are stored and alerts told as ever, but until the clock is there all are received at ' +
    'that time, and expire that much later (store.ttl)'
  );
}

/** What can be done about it. */
export const AHEAD_FIX =
  'set the system\'s clock right (NTP). If it is right, wait until that time; or begin with another dataDir (and store.table), ' +
  'and put the files of inbox/done into its inbox';

/** `2d`, `3h` or `5m`: the largest unit that fits. */
function roughly(ms: number): string {
  const unit = [86_400_000, 3_600_000].find((one) => ms >= one) ?? MINUTE_MS;
  return formatDuration(Math.floor(ms / unit) * unit);
}
