import { AppError } from '../../domain/errors.ts';
import type { HBaseClient, TableDescription } from '../../storage/hbase/gateway/client.ts';
import { GatewayFailure } from '../../storage/hbase/gateway/failure.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

const CHECK = 'hbase';
/** No reader takes it for a reading or a pump-day: its key has no date. */
const ROW = Buffer.from('_wellwatch_doctor');
const COLUMN = 'stats:doctor';
/** What a gateway or a proxy says that lets nobody write. */
const NO_WRITING: readonly (number | undefined)[] = [403, 405];

/** Writes, reads and deletes one row. A table that can only be read is enough for whoever reads. */
export async function checkRow(client: HBaseClient, { families }: TableDescription): Promise<Finding> {
  if (!families.has('stats')) return ok(CHECK, 'a write and a read are not tried before the table is whole');
  // First: once a write was refused, calls of this client are held back for a while.
  for await (const _page of client.scan({ from: ROW, to: Buffer.concat([ROW, Buffer.of(0)]), columns: ['stats'], cellsARow: 1 })) break;
  const timestamp = Date.now();
  const value = Buffer.from(String(timestamp)).toString('base64');
  const refusal = await write(client, timestamp, value);
  if (refusal) {
    return warning(
      CHECK,
      `the table can be read, but not written: ${refusal.message}`,
      'fine for reading; "wellwatch run", "summarize" and "copy" need to write: let this user, and see that the gateway is not ' +
      'read-only (hbase.rest.readonly)',
    );
  }
  try {
    const [row] = await client.getRows([ROW]);
    if (row?.Cell.some(({ $ }) => $ === value)) return ok(CHECK, 'a row was written, read and deleted again');
    return failed(
      CHECK,
      'a row that was written is not there when it is read',
      'look at the log of the region server; another table name, store.table, tells whether it is this table only',
    );
  } finally {
    await client.deleteCell(ROW, COLUMN, timestamp);
  }
}

/** Gives the refusal when nothing may be written. */
async function write(client: HBaseClient, timestamp: number, value: string): Promise<GatewayFailure | undefined> {
  const cell = { column: Buffer.from(COLUMN).toString('base64'), timestamp, $: value };
  try {
    await client.put(Buffer.from(JSON.stringify({ Row: [{ key: ROW.toString('base64'), Cell: [cell] }] })));
    return undefined;
  } catch (error) {
    const failure = error instanceof AppError ? error.cause : error;
    if (failure instanceof GatewayFailure && NO_WRITING.includes(failure.status)) return failure;
    throw error;
  }
}
