import type { Counts } from '../../domain/balance.ts';
import type { ByReceiver } from '../../domain/receivers.ts';

/** A value that goes through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The newest time of receipt that is stored is kept in the job's state under this name: times of receipt rise strictly
 * from step to step.
 */
export const RECEIPT_STATE = 'receipt';

/** The newest time of receipt of a stored state: ms since 1970-01-01T00:00Z, 0 when it has none. */
export function newestReceipt(state: ReadonlyMap<string, Json>): number {
  const newest = state.get(RECEIPT_STATE);
  return typeof newest === 'number' ? newest : 0;
}

/** What a table keeps of the job: counts and positions, as of its last step. */
export interface StoredState {
  /** What `write` credited to each receiver since the table was made. */
  counts(): Promise<ByReceiver<Counts>>;
  /** The job's positions and state: what is kept under names that begin with `prefix`, by default all. */
  state(prefix?: string): Promise<ReadonlyMap<string, Json>>;
}
