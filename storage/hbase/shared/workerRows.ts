import type { FleetWorker } from '../../table/fleet.ts';
import type { HBaseClient } from '../gateway/client.ts';
import { decodeColumn } from '../gateway/rows.ts';
import { putRows } from './dayRows.ts';
import { ledgerCell } from './partitionRow.ts';

/** What a worker says of itself in `sensor_ledger`: row `w/NAME`, column `stats:worker`, JSON; its timestamp is when. */
const COLUMN = 'stats:worker';
const PREFIX = 'w/';
const RANGE = { from: Buffer.from(PREFIX), to: Buffer.from('w0'), columns: [COLUMN], cellsARow: 1 };
/** Silence that is more than a moment. */
const HEARD_MS = 15_000;
const FORGOTTEN_MS = 86_400_000;

export type SaidByWorker = Omit<FleetWorker, 'isHeard'>;

export async function putWorker(client: HBaseClient, worker: SaidByWorker): Promise<void> {
  await putRows(client, [{ key: PREFIX + worker.name, cells: [ledgerCell(COLUMN, worker.at, JSON.stringify(worker))] }]);
}

/** It has ended, and says nothing more. */
export async function forgetWorker(client: HBaseClient, { name, at }: SaidByWorker): Promise<void> {
  await client.deleteCell(Buffer.from(PREFIX + name), COLUMN, at);
}

/** All that were heard within a day. */
export async function workersIn(client: HBaseClient, now: number): Promise<FleetWorker[]> {
  const workers: FleetWorker[] = [];
  for await (const page of client.scan(RANGE)) {
    for (const { Cell } of page) {
      const cell = Cell.find(({ column }) => decodeColumn(column) === COLUMN);
      if (!cell || now - cell.timestamp > FORGOTTEN_MS) continue;
      const said = JSON.parse(Buffer.from(cell.$, 'base64').toString()) as SaidByWorker;
      workers.push({ ...said, isHeard: now - said.at < HEARD_MS });
    }
  }
  return workers;
}
