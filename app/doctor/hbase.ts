import { AppError, messageOf } from '../../domain/errors.ts';
import type { HBaseClient, TableDescription } from '../../storage/hbase/client.ts';
import { GatewayFailure } from '../../storage/hbase/failure.ts';
import type { Config, HBaseConfig } from '../config.ts';
import { formatDuration } from '../config/units.ts';
import { openClient } from '../openHBase.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

const CHECK = 'hbase';
const PATIENCE_MS = 3000;
const FAMILIES = ['data', 'alerts', 'stats'] as const;
/** No reader takes it for a reading or a pump-day: its key has no date. */
const ROW = Buffer.from('_wellwatch_doctor');
const COLUMN = 'stats:doctor';

/** HBase: the gateway answers, the table is as the configuration wants it, and a row can be written, read and deleted. Makes nothing but that row. */
export async function checkHBase({ store }: Config): Promise<Finding[]> {
  if (store.kind === 'embedded') return [];
  let client: HBaseClient | undefined;
  try {
    client = openClient(store, PATIENCE_MS);
    const gateway = ok(CHECK, `${store.url} is the REST gateway of HBase ${await client.version()}`);
    const table = await client.describe();
    if (!table) return [gateway, warning(CHECK, `there is no table ${store.table} yet`, 'nothing needs to be done: "wellwatch run" makes it, with the families data, alerts and stats')];
    return [gateway, ...tableFindings(table, store), await checkRow(client, table)];
  } catch (error) {
    return [failed(CHECK, `${store.url} can't be used: ${messageOf(error)}`, fixOf(error))];
  } finally {
    client?.close();
  }
}

/** Families and how long they keep cells. */
function tableFindings({ families }: TableDescription, { table, ttl }: HBaseConfig): Finding[] {
  const missing = FAMILIES.filter((family) => !families.has(family));
  if (missing.length > 0) return [warning(CHECK, `the table ${table} lacks ${missing.join(' and ')}`, 'nothing needs to be done: "wellwatch run" adds what is missing, and leaves the rest as it is')];
  const wanted = { data: ttl.data, alerts: ttl.alerts, stats: null };
  const differing = FAMILIES.flatMap((family) => {
    const seconds = families.get(family)?.ttl ?? null;
    const is = seconds === null ? null : seconds * 1000;
    if (is === wanted[family]) return [];
    return [warning(CHECK, `the family ${family} of ${table} keeps cells ${kept(is)}, the configuration says ${kept(wanted[family])}`, `${family === 'stats' ? '' : `set store.ttl.${family} to what it is there, or `}change it in the HBase shell: alter '${table}', {NAME => '${family}', TTL => '${ttlOf(wanted[family])}'}`)];
  });
  return differing.length > 0 ? differing : [ok(CHECK, `the table ${table} has the families ${FAMILIES.join(', ')}; they keep cells as configured`)];
}

function kept(ms: number | null): string {
  return ms === null ? 'for ever' : formatDuration(ms);
}

function ttlOf(ms: number | null): string {
  return ms === null ? 'FOREVER' : String(ms / 1000);
}

/** Writes, reads and deletes one row. */
async function checkRow(client: HBaseClient, { families }: TableDescription): Promise<Finding> {
  if (!families.has('stats')) return ok(CHECK, 'a write and a read are not tried before the table is whole');
  const timestamp = Date.now();
  const value = Buffer.from(String(timestamp)).toString('base64');
  const cell = { column: Buffer.from(COLUMN).toString('base64'), timestamp, $: value };
  await client.put(Buffer.from(JSON.stringify({ Row: [{ key: ROW.toString('base64'), Cell: [cell] }] })));
  try {
    const [row] = await client.getRows([ROW]);
    if (row?.Cell.some(({ $ }) => $ === value)) return ok(CHECK, 'a row was written, read and deleted again');
    return failed(CHECK, 'a row that was written is not there when it is read', 'look at the log of the region server; another table name, store.table, tells whether it is this table only');
  } finally {
    await client.deleteCell(ROW, COLUMN, timestamp);
  }
}

function fixOf(error: unknown): string {
  if (error instanceof AppError && error.code === 'CONFIG') return 'correct the setting';
  const failure = error instanceof AppError ? error.cause : error;
  switch (failure instanceof GatewayFailure ? failure.status : undefined) {
    case 401: return 'give user and password (store.username, WELLWATCH_STORE_PASSWORD), a token (WELLWATCH_STORE_TOKEN) or a header of your own (WELLWATCH_STORE_HEADERS)';
    case 403: return 'let this user read and write the table, and see that the gateway is not read-only (hbase.rest.readonly)';
    case 404: return 'see that store.url names the gateway, with the path below which a proxy has it';
    default: return 'start HBase and its REST gateway ("hbase rest start"), or correct store.url; nothing is lost meanwhile, "wellwatch run" waits for it';
  }
}
