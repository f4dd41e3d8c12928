import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../../domain/alarm/alert.ts';
import { addCounts, type Balance, balance, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { type ByReceiver, RECEIVERS } from '../../domain/receivers.ts';
import { JOURNAL_STATE, pendingRows } from '../../ingest/receivers/journalProgress.ts';
import { lateRows, TOTAL_PREFIX } from '../../ingest/pumpState/pumpTotals.ts';
import { type Json, REPLACED_ALERTS_STATE, replacedAlerts, type StoredState } from '../../storage/table/state.ts';

/** What became of all rows since the table was made. Pending rows are those in the journal. */
export interface TableBalance {
  readonly total: Balance;
  readonly counts: ByReceiver<Counts>;
  /** The same with what is pending: the journal's rows are the push receiver's. */
  readonly receivers: ByReceiver<Balance>;
  /** Stored rows that were late. */
  readonly late: number;
  /** The last alerts that are gone because their readings were replaced, the newest first. */
  readonly replacedAlerts: readonly Alert[];
}

const MOST_LOOKS = 50;
/** The one whose messages lie in the journal. */
const pushReceiver = RECEIVERS.find(({ way }) => way === 'push')?.name;

/** The balance of a data directory, beside a running job too. */
export async function tableBalance(table: StoredState, dataDir: string): Promise<TableBalance> {
  const { counts, journal } = await sameMoment(table);
  const pending = pendingRows(join(dataDir, 'journal'), journal);
  return {
    total: balance(Object.values(counts).reduce(addCounts, NO_COUNTS), pending),
    counts,
    receivers: Object.fromEntries(
      Object.entries(counts).map(([name, its]) => [name, balance(its, name === pushReceiver ? pending : 0)]),
    ),
    late: lateRows(await table.state(TOTAL_PREFIX)),
    replacedAlerts: replacedAlerts(await table.state(REPLACED_ALERTS_STATE)),
  };
}

/**
 * Counts and the journal's position of one moment. Read one after the other, a step that commits between the two would be
 * counted twice, or not at all.
 */
async function sameMoment(table: StoredState): Promise<{ counts: TableBalance['counts']; journal: ReadonlyMap<string, Json> }> {
  for (let look = 1, before = await table.state(JOURNAL_STATE); ; look++) {
    const counts = await table.counts();
    const journal = await table.state(JOURNAL_STATE);
    if (look === MOST_LOOKS || isDeepStrictEqual(before, journal)) return { counts, journal };
    before = journal;
  }
}
