import { join } from 'node:path';

/** Where the embedded table of a data directory lies. */
export function tableDir(dataDir: string): string {
  return join(dataDir, 'table');
}

/** Where the ledger lies that goes with a table in HBase. */
export function ledgerDir(dataDir: string): string {
  return join(dataDir, 'hbase');
}
