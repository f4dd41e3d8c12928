import { existsSync } from 'node:fs';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';
import { openEmbedded } from '../store/openTable.ts';
import { tableDir } from '../store/storeDirs.ts';
import { isCopied } from './place.ts';

/** A warning when HBase is the store, and the data directory has an embedded table with rows that were not copied. */
export async function readingsLeftBehind(config: Config, table: Pick<Table, 'state'>): Promise<string | undefined> {
  if (!(await isLeftBehind(config, table))) return undefined;
  return `the readings of the embedded table in ${tableDir(config.dataDir)} are not in HBase, and no command shows them while ` +
    'store.kind is hbase: stop this job and run "wellwatch copy --to hbase"';
}

/** Whether HBase is the store, and the data directory has an embedded table with rows that were not copied. */
export async function isLeftBehind(config: Config, table: Pick<Table, 'state'>): Promise<boolean> {
  if (config.store.kind === 'embedded' || !existsSync(tableDir(config.dataDir))) return false;
  const source = await openEmbedded(config, 'reader');
  try {
    return (await source.pumps()).length > 0 && !(await isCopied(source, table));
  } finally {
    await source.close();
  }
}
