import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { HBaseClient } from '../../../storage/hbase/client.ts';
import { openHBaseTable } from '../../../storage/hbase/table.ts';
import { freshTable, hasHBase, hbaseForTests } from '../../hbase.ts';
import { tableContract } from '../tableContract.ts';

const dirs: string[] = [];
let gateway: { readonly url: string; readonly timeoutMs: number };

beforeAll(async () => {
  gateway = { url: await hbaseForTests(), timeoutMs: 20_000 };
});

afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true });
});

/** An empty table without times to live: the suite has a clock of its own, HBase has not. What has expired is not shown in any case. */
async function emptyTable(): Promise<string> {
  const table = freshTable();
  const client = new HBaseClient({ gateway, table, patienceMs: 30_000 });
  await client.ensureTable({ data: null, alerts: null });
  client.close();
  return table;
}

describe.skipIf(!hasHBase)('the contract', () => {
  tableContract('HBase', async ({ ttl = { data: null, alerts: null }, now = () => 0 }) => {
    const dir = await mkdtemp(join(tmpdir(), 'wellwatch-hbase-'));
    dirs.push(dir);
    return openHBaseTable({ gateway, table: await emptyTable(), dir, mode: 'writer', ttl, now, patienceMs: 30_000 });
  }, { runs: 5 });
});
