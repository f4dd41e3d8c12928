import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { addCounts, type Balance, balance, type Counts, NO_COUNTS, RECEIVERS, type ReceiverName } from '../domain/balance.ts';
import { pendingRows } from '../ingest/journalSource.ts';
import { lateRows } from '../ingest/pumpState/pumpTotals.ts';
import type { Json, Table } from '../storage/table.ts';

/** What became of all rows since the table was made. Pending rows are those in the journal, which came over MQTT. */
export interface TableBalance {
  readonly total: Balance;
  readonly counts: Readonly<Record<ReceiverName, Counts>>;
  /** Stored rows that were late. */
  readonly late: number;
}

const MOST_LOOKS = 50;

/** The balance of a data directory, beside a running job too. */
export async function tableBalance(table: Table, dataDir: string): Promise<TableBalance> {
  const { counts, state } = await sameMoment(table);
  const all = RECEIVERS.reduce((sum, name) => addCounts(sum, counts[name]), NO_COUNTS);
  return { total: balance(all, pendingRows(join(dataDir, 'journal'), state)), counts, late: lateRows(state) };
}

/** Counts and positions of one moment: a step that is committed between the two looks would be counted twice, or not at all. */
async function sameMoment(table: Table): Promise<{ counts: TableBalance['counts']; state: ReadonlyMap<string, Json> }> {
  for (let look = 1, before = await table.state(); ; look++) {
    const counts = await table.counts();
    const state = await table.state();
    if (look === MOST_LOOKS || isDeepStrictEqual(before, state)) return { counts, state };
    before = state;
  }
}
