import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { HBaseClient } from '../../../storage/hbase/gateway/client.ts';
import { openHBaseTable } from '../../../storage/hbase/table.ts';
import { freshTable, HBASE_START_MS, hasHBase, hbaseForTests } from '../../support/hbase.ts';
import { tableContract } from '../contract/tableContract.ts';

/** So many tables are made before they are asked for: to make one is mostly waiting. */
const AHEAD = 4;

const dirs: string[] = [];
const made: Promise<string>[] = [];
let gateway: { readonly url: string; readonly timeoutMs: number };

beforeAll(async () => {
  if (hasHBase) gateway = { url: await hbaseForTests(), timeoutMs: 20_000 };
}, HBASE_START_MS);

afterAll(async () => {
  await Promise.allSettled(made);
  for (const dir of dirs) await rm(dir, { recursive: true });
});

function emptyTable(): Promise<string> {
  while (made.length <= AHEAD) made.push(makeTable());
  return made.shift()!;
}

/** An empty table without times to live: the suite has a clock of its own, HBase has not. What has expired is not shown in any case. */
async function makeTable(): Promise<string> {
  const table = freshTable();
  // With that of the mark of its writer, which is one more to wait for.
  await Promise.all([table, `${table}_writer`].map(async (name) => {
    const client = new HBaseClient({ gateway, table: name, patienceMs: 30_000 });
    await client.ensureTable({ data: null, alerts: null });
    client.close();
  }));
  return table;
}

describe.skipIf(!hasHBase)('the contract', () => {
  tableContract('HBase', async ({ ttl = { data: null, alerts: null }, now = () => 0, rejects }) => {
    const dir = await mkdtemp(join(tmpdir(), 'wellwatch-hbase-'));
    dirs.push(dir);
    return openHBaseTable({ gateway, table: await emptyTable(), dir, mode: 'writer', ttl, rejects, now, patienceMs: 30_000 });
  }, { runs: 5 });
});
