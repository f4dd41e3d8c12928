import { existsSync } from 'node:fs';
import { openEmbeddedTable } from '../storage/embedded/table.ts';
import type { HBaseTable } from '../storage/hbase/table.ts';
import type { Table } from '../storage/table.ts';
import type { Config } from './config.ts';
import type { RemoteOptions } from './openHBase.ts';
import { ledgerDir, tableDir } from './storeDirs.ts';

/** How long a command waits for a store that is away. */
const PATIENCE_MS = 15_000;

/** How to open the configured table; all but `mode` is for a store on the network. */
export type OpenOptions = Omit<RemoteOptions, 'patienceMs'> & Partial<Pick<RemoteOptions, 'patienceMs'>>;

/** The configured table. Only one on the network can be away: since when (ms since 1970-01-01T00:00Z), and why. */
export interface OpenTable extends Table {
  readonly away?: HBaseTable['away'];
}

/** Whether anybody has made the configured table. Asks HBase only when no job of this data directory did. */
export async function hasTable({ store, dataDir }: Config, patienceMs = PATIENCE_MS): Promise<boolean> {
  if (store.kind === 'embedded') return existsSync(tableDir(dataDir));
  if (existsSync(ledgerDir(dataDir))) return true;
  const { isInHBase } = await import('./openHBase.ts'); // only who has HBase needs to load its client
  return isInHBase(store, patienceMs);
}

/**
 * Opens the configured table beside whoever else has it open. Only `writer` creates anything: to the others
 * an absent table is an empty one. Throws CONFIG for TLS files that can't be read.
 */
export async function openTable(config: Config, { patienceMs = PATIENCE_MS, ...options }: OpenOptions): Promise<OpenTable> {
  const { store } = config;
  if (store.kind === 'embedded') return openEmbedded(config, options.mode);
  const { openHBase } = await import('./openHBase.ts');
  return openHBase({ ...config, store }, { ...options, patienceMs });
}

/** Opens the embedded table of the data directory, whichever store is configured. */
export function openEmbedded({ dataDir, store: { ttl } }: Config, mode: RemoteOptions['mode']): Promise<Table> {
  const dir = tableDir(dataDir);
  return openEmbeddedTable({ dir, mode: mode === 'batch' && !existsSync(dir) ? 'reader' : mode, ttl, now: Date.now });
}
