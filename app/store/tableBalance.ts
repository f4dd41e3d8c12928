import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { addCounts, type Balance, balance, type Counts, NO_COUNTS, RECEIVERS, type ReceiverName } from '../../domain/balance.ts';
import { JOURNAL_STATE, pendingRows } from '../../ingest/receivers/journalSource.ts';
import { lateRows, TOTAL_PREFIX } from '../../ingest/pumpState/pumpTotals.ts';
import type { Json, StoredState } from '../../storage/table/state.ts';

/** What became of all rows since the table was made. Pending rows are those in the journal, which came over MQTT. */
export interface TableBalance {
  readonly total: Balance;
  readonly counts: Readonly<Record<ReceiverName, Counts>>;
  /** Stored rows that were late. */
  readonly late: number;
}

const MOST_LOOKS = 50;

/** The balance of a data directory, beside a running job too. */
export async function tableBalance(table: StoredState, dataDir: string): Promise<TableBalance> {
  const { counts, journal } = await sameMoment(table);
  const all = RECEIVERS.reduce((sum, name) => addCounts(sum, counts[name]), NO_COUNTS);
  return { total: balance(all, pendingRows(join(dataDir, 'journal'), journal)), counts, late: lateRows(await table.state(TOTAL_PREFIX)) };
}

/** Counts and the journal's position of one moment: a step that is committed between the two looks would be counted twice, or not at all. */
async function sameMoment(table: StoredState): Promise<{ counts: TableBalance['counts']; journal: ReadonlyMap<string, Json> }> {
  for (let look = 1, before = await table.state(JOURNAL_STATE); ; look++) {
    const counts = await table.counts();
    const journal = await table.state(JOURNAL_STATE);
    if (look === MOST_LOOKS || isDeepStrictEqual(before, journal)) return { counts, journal };
    before = journal;
  }
}
