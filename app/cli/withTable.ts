import { existsSync } from 'node:fs';
import type { Table } from '../../storage/table.ts';
import type { Config } from '../config.ts';
import { hasTable, openTable } from '../openTable.ts';
import { tableDir } from '../storeDirs.ts';
import type { Context } from './context.ts';

/**
 * Opens the table for reading, and closes it whatever happens. When nothing was ever stored that is said,
 * and `sayEmpty`, with which a command explains why it has nothing to show, keeps quiet.
 */
export async function withTable(context: Context, read: (table: Table, sayEmpty: (text: string) => void) => Promise<void>): Promise<number> {
  const { config, notes } = context;
  const table = await openTable(config, { mode: 'reader' });
  try {
    const stored = await hasTable(config);
    if (!stored) notes.say(nothingStored(config));
    await read(table, (text) => stored && notes.say(text));
    await context.output.flush();
    return 0;
  } finally {
    await table.close();
  }
}

/** Why there is nothing, and what would change that. */
export function nothingStored({ dataDir, store, receivers: { directory } }: Config): string {
  const drop = directory ? `put CSV files into ${directory.path} and start "wellwatch run"` : 'start "wellwatch run"';
  if (store.kind === 'embedded') return `Nothing is stored in ${dataDir} yet: ${drop}, or name another directory with --data-dir.`;
  const copy = existsSync(tableDir(dataDir)) ? `, or bring there what lies in ${tableDir(dataDir)} with "wellwatch copy --to hbase"` : '';
  return `Nothing is stored in the table ${store.table} of HBase at ${store.url} yet: ${drop}${copy}.`;
}
