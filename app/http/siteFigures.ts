import type { Counts } from '../../domain/balance.ts';
import { isStoreUnavailable } from '../../domain/errors.ts';
import type { SiteClock } from '../../domain/reading/siteClock.ts';
import { dayOf } from '../../domain/reading/wallClock.ts';
import type { ByReceiver } from '../../domain/receivers.ts';
import { PendingDays } from '../../query/pumps/pendingDays.ts';
import type { PumpState } from '../../query/pumps/pumpStates.ts';
import type { TableQueries } from '../../query/tableQueries.ts';
import { readSummaryRun, type SummaryRun } from '../../storage/files/summaryRun.ts';
import { newestReceipt, RECEIPT_STATE, type StoredState } from '../../storage/table/state.ts';
import type { StoredDays } from '../../storage/table/days.ts';
import type { Fleet, StoredFleet } from '../../storage/table/fleet.ts';
import type { Config } from '../config/types.ts';
import { isElsewhere } from '../store/openTable.ts';
import { tableBalance } from '../store/tableBalance.ts';

/** What metrics tell of the table and of the daily batch. */
export interface SiteFigures {
  readonly counts: ByReceiver<Counts>;
  /** Rows that are on disk and not in the table yet, by receiver; undefined where the journal is elsewhere. */
  readonly pending: Partial<ByReceiver<number>> | undefined;
  /** Stored rows behind their pump's watermark. */
  readonly late: number;
  /** When the newest row came that is stored: ms since 1970-01-01T00:00Z; 0 before the first. */
  readonly newestReceipt: number;
  readonly summary: SummaryRun | undefined;
  /** Undefined while the store is away. */
  readonly pendingDays: number | undefined;
  readonly pumps: Readonly<Record<PumpState, number>> & { readonly unknown: number } | undefined;
  /** Where workers share the table; undefined otherwise, and while the store is away. */
  readonly fleet?: Fleet | undefined;
}

export interface SiteFiguresOptions {
  readonly config: Config;
  readonly table: StoredState & StoredDays & Partial<StoredFleet>;
  readonly queries: Pick<TableQueries, 'pumpStates'>;
  readonly clock: SiteClock;
}

/** How to read them, for each scrape. Throws STORE_UNAVAILABLE. */
export function siteFigures({ config, table, queries, clock }: SiteFiguresOptions): () => Promise<SiteFigures> {
  const days = new PendingDays(table);
  return async () => {
    const { counts, receivers, late } = await tableBalance(table, config.dataDir);
    return {
      counts, late,
      pending: isElsewhere(config) ? undefined : Object.fromEntries(Object.entries(receivers).map(([name, { pending }]) => [name, pending])),
      newestReceipt: newestReceipt(await table.state(RECEIPT_STATE)),
      summary: readSummaryRun(config.dataDir),
      pendingDays: await unlessAway(() => days.before(dayOf(clock.wallTimeAt(Date.now())))),
      pumps: await unlessAway(() => queries.pumpStates(config.alarms.holdMs)),
      fleet: await unlessAway(async () => table.fleet?.()),
    };
  };
}

async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isStoreUnavailable(error)) return undefined;
    throw error;
  }
}
