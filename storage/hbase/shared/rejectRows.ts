import type { Reject } from '../../../domain/reading/reject.ts';
import type { NewestRejects, NumberedReject, RejectSelection } from '../../table/rejects.ts';
import type { HBaseClient } from '../gateway/client.ts';
import { type CellRow, decodeColumn } from '../gateway/rows.ts';
import { putRows } from './dayRows.ts';
import { ledgerCell, type PartitionState } from './partitionRow.ts';

/*
 * Rejects in `sensor_ledger`, put before their step is committed, by partition in order of arrival: the same on a replay.
 *
 *   r/000003/000000000412   stats:reject   JSON; the 413th of partition 3
 *
 * For people they have numbers that count up through all partitions in turn, so that each has its own for good.
 */
const REJECT = 'stats:reject';
const PAGE = 500;

/** Rejects that were committed, of some partitions. */
export type Rejected = readonly Pick<PartitionState, 'name' | 'head'>[];

/** Puts rejects of a partition, of which so many were there before; with the number of the step as timestamp. */
export async function putRejects(
  client: HBaseClient, rejects: readonly Reject[], { partition, before, at }: { readonly partition: number; readonly before: number; readonly at: number },
): Promise<void> {
  await putRows(client, rejects.map((reject, i) =>
    ({ key: rejectKey(partition, before + i), cells: [ledgerCell(REJECT, at, JSON.stringify(reject))] })));
}

/** The newest rejects with numbers below `before`; those of steps that are not committed are none. */
export async function newestRejects(client: HBaseClient, rejected: Rejected, { before = Infinity, limit }: RejectSelection): Promise<NewestRejects> {
  const found: NumberedReject[] = [];
  for (const { name: { partition }, head } of rejected) {
    const below = Math.min(head.counts.rejected, Math.ceil((before - 1 - partition) / head.partitions));
    const wanted = Array.from({ length: Math.max(0, Math.min(limit, below)) }, (_, i) => below - 1 - i);
    found.push(...(await read(client, wanted, { partition, partitions: head.partitions })));
  }
  const items = found.sort((a, b) => b.number - a.number).slice(0, limit);
  return { items, total: rejected.reduce((sum, { head }) => sum + head.counts.rejected, 0), dropped: 0 };
}

/** All rejects by partition, in pieces. */
export async function* allRejects(client: HBaseClient, rejected: Rejected): AsyncIterable<readonly NumberedReject[]> {
  for (const { name: { partition }, head } of rejected) {
    const { counts, partitions } = head;
    for (let from = 0; from < counts.rejected; from += PAGE) {
      const places = Array.from({ length: Math.min(PAGE, counts.rejected - from) }, (_, i) => from + i);
      yield await read(client, places, { partition, partitions });
    }
  }
}

async function read(
  client: HBaseClient, places: readonly number[], { partition, partitions }: { readonly partition: number; readonly partitions: number },
): Promise<NumberedReject[]> {
  if (places.length === 0) return [];
  const rows = await client.getRows(places.map((place) => Buffer.from(rejectKey(partition, place))));
  return rows.flatMap((row) => {
    const reject = rejectOf(row);
    return reject ? [{ ...reject, number: placeOf(row) * partitions + partition + 1 }] : [];
  });
}

function rejectKey(partition: number, place: number): string {
  return `r/${String(partition).padStart(6, '0')}/${String(place).padStart(12, '0')}`;
}

function placeOf({ key }: CellRow): number {
  return Number(Buffer.from(key, 'base64').toString().split('/')[2]);
}

function rejectOf({ Cell }: CellRow): Reject | undefined {
  const cell = Cell.find(({ column }) => decodeColumn(column) === REJECT);
  return cell && JSON.parse(Buffer.from(cell.$, 'base64').toString()) as Reject;
}
