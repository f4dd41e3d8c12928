import { existsSync } from 'node:fs';
import { AppError, isStoreUnavailable, messageOf } from '../../domain/errors.ts';
import { openEmbeddedTable } from '../../storage/embedded/table.ts';
import { whyNot } from '../../storage/files/diskProblem.ts';
import { statAt } from '../../storage/files/statAt.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config, HBaseConfig } from '../config/types.ts';
import { refuseEmptiedTable } from './emptiedTable.ts';
import type { RemoteOptions } from './openHBase.ts';
import { ledgerDir, tableDir } from './storeDirs.ts';

/** How long a command waits for a store that is away. */
const PATIENCE_MS = 15_000;
/** So long it is waited for, in ms, where it is not needed. */
const GLANCE_MS = 3000;

/** How to open the configured table; all but `mode` is for a store on the network. */
export type OpenOptions = Omit<RemoteOptions, 'patienceMs'> & Partial<Pick<RemoteOptions, 'patienceMs'>>;

/** Whether anybody has made the configured table. Asks HBase only when no job of this data directory did. Throws STORE_UNAVAILABLE. */
export async function hasTable({ store, dataDir }: Config, patienceMs = PATIENCE_MS): Promise<boolean> {
  if (store.kind === 'embedded') return isThere(tableDir(dataDir));
  if (!store.shared && existsSync(ledgerDir(dataDir))) return true;
  const { isInHBase } = await import('./openHBase.ts'); // only who has HBase needs to load its client
  return isInHBase(store, patienceMs);
}

/** Throws STORE_UNAVAILABLE where this user may not look: that is not the same as nothing. */
function isThere(dir: string): boolean {
  try {
    return statAt(dir) !== undefined;
  } catch (error) {
    throw new AppError('STORE_UNAVAILABLE', `${dir} can't be looked at: ${whyNot(error)}`, { cause: error });
  }
}

/**
 * Whether the table is in HBase and its job runs elsewhere: this data directory has no ledger. Rejects, counts and saved
 * reference data lie where the job runs.
 */
export function isElsewhere({ store, dataDir }: Pick<Config, 'store' | 'dataDir'>): boolean {
  return store.kind === 'hbase' && !store.shared && !existsSync(ledgerDir(dataDir));
}

/** Loads what a table that workers share needs: a start that finds that something of it is missing has done nothing yet. */
export async function loadStore({ store }: Pick<Config, 'store'>): Promise<void> {
  if (store.kind === 'hbase' && store.shared) await import('./openHBase.ts');
}

/**
 * Opens the configured table beside whoever else has it open. Only `writer` creates anything: to the others
 * an absent table is an empty one. Throws CONFIG for TLS files that can't be used, STORE_DAMAGED.
 */
export async function openTable(config: Config, { patienceMs = PATIENCE_MS, ...options }: OpenOptions): Promise<OpenTable> {
  const { store } = config;
  refuseEmptiedTable(config);
  if (store.kind === 'embedded') return openEmbedded(config, options.mode);
  const { openHBase } = await import('./openHBase.ts');
  return openHBase({ ...config, store }, { ...options, patienceMs });
}

/** A table to read from. */
export interface ReadTable {
  readonly table: OpenTable;
  /** Why HBase is away, when only what the local index knows can be read: all but readings. */
  readonly away: string | undefined;
}

/**
 * Opens the configured table for questions that the local index beside HBase can answer. When HBase is away and there is a
 * complete index, nobody waits for it; otherwise it is as `openTable` for readers.
 */
export async function openIndex(config: Config): Promise<ReadTable> {
  const { store, dataDir } = config;
  const away = store.kind === 'hbase' && !store.shared && existsSync(ledgerDir(dataDir)) ? await whyAway(store) : undefined;
  if (away !== undefined) {
    const table = await openTable(config, { mode: 'reader', signal: AbortSignal.abort() });
    if (await isIndexed(table)) return { table, away };
    await table.close();
  }
  return { table: await openTable(config, { mode: 'reader' }), away: undefined };
}

/** Why HBase does not answer just now, or undefined. */
async function whyAway(store: HBaseConfig): Promise<string | undefined> {
  const { openClient } = await import('./openHBase.ts');
  const client = openClient({ ...store, timeoutMs: Math.min(store.timeoutMs, GLANCE_MS) }, 0);
  try {
    await client.version();
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    client.close();
  }
}

/** Whether a table that is away knows its pumps all the same: its index is complete. */
async function isIndexed(table: OpenTable): Promise<boolean> {
  try {
    await table.pumps();
    return true;
  } catch (error) {
    if (isStoreUnavailable(error)) return false;
    throw error;
  }
}

/** Opens the embedded table of the data directory, whichever store is configured. */
export function openEmbedded({ dataDir, store: { ttl }, limits: { rejects } }: Config, mode: RemoteOptions['mode']): Promise<Table> {
  const dir = tableDir(dataDir);
  return openEmbeddedTable({ dir, mode: mode === 'batch' && !existsSync(dir) ? 'reader' : mode, ttl, rejects, now: Date.now });
}
