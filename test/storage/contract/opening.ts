import type { RejectBounds } from '../../../storage/table/rejects.ts';
import type { Table } from '../../../storage/table/table.ts';

/** How a store is opened for the suite: empty, with a clock and times to live. */
export interface TableSetup {
  readonly ttl?: { readonly data: number | null; readonly alerts: number | null };
  readonly now?: () => number;
  readonly rejects?: RejectBounds;
}

/** How much the property tests do; a slow store does less. */
export interface ContractLimits {
  readonly runs: number;
}

/** Gives an empty table. */
export type Open = (setup?: TableSetup) => Promise<Table>;
