import type { SavedReference } from '../../table/savedReference.ts';
import type { HBaseClient } from '../gateway/client.ts';
import { putRows } from './dayRows.ts';
import { ledgerCell } from './partitionRow.ts';

/** The reference data that a worker read last: row `reference`, column `stats:reference`, JSON. */
const KEY = 'reference';
const COLUMN = 'stats:reference';

export async function readReference(client: HBaseClient): Promise<SavedReference | undefined> {
  const [row] = await client.getRows([Buffer.from(KEY)]);
  return row && JSON.parse(Buffer.from(row.Cell[0].$, 'base64').toString()) as SavedReference;
}

export async function writeReference(client: HBaseClient, reference: SavedReference, now: number): Promise<void> {
  await putRows(client, [{ key: KEY, cells: [ledgerCell(COLUMN, Math.floor(now), JSON.stringify(reference))] }]);
}
