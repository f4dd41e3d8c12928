import { type Alert, alertFrom, type StoredAlert } from '../../domain/alarm/alert.ts';
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

/** Alerts that are gone because their readings were replaced are kept in the state under this name, the last ones. */
export const REPLACED_ALERTS_STATE = 'replacedAlerts';
const MOST_REPLACED_ALERTS = 100;

/** The last alerts of a stored state whose readings were replaced, the newest first. */
export function replacedAlerts(state: ReadonlyMap<string, Json>): Alert[] {
  const stored = state.get(REPLACED_ALERTS_STATE) as unknown as readonly StoredAlert[] | undefined;
  return (stored ?? []).map(alertFrom);
}

/** The same with others, given in the order in which they went. */
export function withReplacedAlerts(before: Json | undefined, gone: readonly Alert[]): Json {
  const newest: unknown[] = gone.slice(-MOST_REPLACED_ALERTS).reverse();
  const older = (before ?? []) as readonly Json[];
  return [...newest, ...older].slice(0, MOST_REPLACED_ALERTS) as Json;
}

/** What a table keeps of the job: counts and positions, as of its last step. */
export interface StoredState {
  /** What `write` credited to each receiver since the table was made. */
  counts(): Promise<ByReceiver<Counts>>;
  /** The job's positions and state: what is kept under names that begin with `prefix`, by default all. */
  state(prefix?: string): Promise<ReadonlyMap<string, Json>>;
}
