import { join } from 'node:path';
import type { Config } from '../config/types.ts';

/** Where the embedded table of a data directory lies. */
export function tableDir(dataDir: string): string {
  return join(dataDir, 'table');
}

/** Where the ledger lies that goes with a table in HBase. */
export function ledgerDir(dataDir: string): string {
  return join(dataDir, 'hbase');
}

/** Where stored rows wait to be forwarded: beside what they commit with. */
export function forwardDir({ dataDir, store }: Config): string {
  return join(store.kind === 'embedded' ? tableDir(dataDir) : ledgerDir(dataDir), 'forward');
}

/** Where readings wait to become an hourly Parquet file: beside what they commit with. */
export function spoolDir({ dataDir, store }: Config): string {
  return join(store.kind === 'embedded' ? tableDir(dataDir) : ledgerDir(dataDir), 'spool');
}
