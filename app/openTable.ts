import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedTable } from '../storage/embedded/table.ts';
import type { Table } from '../storage/table.ts';
import { type Config, requireEmbeddedStore } from './config.ts';

/** Where the embedded table of a data directory lies. */
export function tableDir(dataDir: string): string {
  return join(dataDir, 'table');
}

/** Whether anything was ever stored. */
export function hasTable(config: Config): boolean {
  return existsSync(tableDir(config.dataDir));
}

/**
 * Opens the configured table beside whoever else has it open. `reader` and, when there is no table yet,
 * `batch` create nothing: an absent table reads as an empty one. Throws CONFIG for a store that this version does not have.
 */
export async function openTable(config: Config, mode: 'reader' | 'batch'): Promise<Table> {
  requireEmbeddedStore(config);
  return openEmbeddedTable({
    dir: tableDir(config.dataDir),
    mode: hasTable(config) ? mode : 'reader',
    ttl: config.store.ttl,
    now: Date.now,
  });
}
