import { beforeAll, beforeEach, onTestFinished } from 'vitest';
import { encodeValue } from '../../../storage/hbase/cells/cells.ts';
import { encodeColumn } from '../../../storage/hbase/gateway/rows.ts';
import { type CellRow, HBaseClient, type HBaseClientOptions, type ScanRange } from '../../../storage/hbase/gateway/client.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';

export const NO_TTL = { data: null, alerts: null };
/** When all cells were received. */
export const AT = Date.UTC(2026, 0, 1);

/** One table for all tests, as making one takes longer than a test: the keys of each begin with a prefix of its own. */
const TABLE = freshTable();
let prefix = '';
let prefixes = 0;
/** The gateway's URL. */
export let hbase = '';
beforeAll(async () => {
  if (!hasHBase) return;
  hbase = await hbaseForTests();
  await new HBaseClient({ gateway: { url: hbase, timeoutMs: 20_000 }, table: TABLE, patienceMs: 60_000 }).ensureTable(NO_TTL);
}, HBASE_START_MS);
beforeEach(() => { prefix = `${++prefixes}/`; });

/** A client of a table that is not there yet, unless the options name another. */
export function open(options: Partial<HBaseClientOptions> & { url?: string } = {}): HBaseClient {
  const client = new HBaseClient({
    gateway: { url: options.url ?? hbase, timeoutMs: 20_000 },
    table: freshTable(),
    patienceMs: 30_000,
    calmMs: 100,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** A client of the table that all share. */
export function shared(options: Partial<HBaseClientOptions> & { url?: string } = {}): HBaseClient {
  return open({ table: TABLE, ...options });
}

/** A key of this test. */
export function bytes(key: string): Buffer {
  return Buffer.from(prefix + key);
}

/** All rows of this test. */
export function all(): ScanRange {
  return { from: bytes(''), to: bytes('\u{10ffff}'), columns: ['data'], cellsARow: 2 };
}

/** One cell of `data:psi` for each key, with its place as value. */
export function bodyOf(keys: readonly string[], timestamp = AT, column = 'data:psi'): Buffer {
  const Row = keys.map((key, i) => ({
    key: bytes(key).toString('base64'),
    Cell: [{ column: encodeColumn(column), timestamp, $: encodeValue(i) }],
  }));
  return Buffer.from(JSON.stringify({ Row }));
}

/** All rows of a scan. */
export async function scanned(client: HBaseClient, range = all()): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const page of client.scan(range)) rows.push(...page);
  return rows;
}

/** Keys without this test's prefix. */
export function keysOf(rows: readonly CellRow[]): string[] {
  return rows.map(({ key }) => Buffer.from(key, 'base64').toString().slice(prefix.length));
}

/** So many keys in order. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `P_${String(i).padStart(5, '0')}`);
}
