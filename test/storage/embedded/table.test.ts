import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { tableContract } from '../contract/tableContract.ts';

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true });
});

/** Blocks of a few rows, so that splits and runs of blocks come about with little data. */
for (const blockBytes of [320, 4072]) {
  tableContract(`embedded, blocks of ${blockBytes} bytes`, async ({ ttl = { data: null, alerts: null }, now = () => 0, rejects }) => {
    const dir = await mkdtemp(join(tmpdir(), 'wellwatch-table-'));
    dirs.push(dir);
    return openEmbeddedTable({ dir: join(dir, 'table'), mode: 'writer', ttl, rejects, now, blockBytes });
  }, { runs: blockBytes === 320 ? 80 : 20 });
}
