import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { AppError, systemCode } from '../../domain/errors.ts';
import { HBaseClient } from '../../storage/hbase/gateway/client.ts';
import type { GatewayOptions } from '../../storage/hbase/gateway/gateway.ts';
import type { StoreEvent } from '../../storage/hbase/gateway/options.ts';
import { readPem } from '../../storage/files/pemFile.ts';
import { SharedActs } from '../../storage/hbase/shared/sharedActs.ts';
import type { SharedTableOptions } from '../../storage/hbase/shared/sharedOptions.ts';
import { SharedTable } from '../../storage/hbase/shared/sharedTable.ts';
import { type HBaseTable, openHBaseTable } from '../../storage/hbase/table.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { Config, HBaseConfig, TlsFiles } from '../config/types.ts';
import { ledgerDir } from './storeDirs.ts';

/** A configuration whose store is HBase. */
export type WithHBase = Config & { readonly store: HBaseConfig };

/** How to open a table that may be away. */
export interface RemoteOptions {
  /** `writer` does all; `batch` reads and stores statistics; `reader` reads. */
  readonly mode: 'writer' | 'reader' | 'batch';
  /** How long a call waits for a store that is away, in ms. */
  readonly patienceMs: number;
  /** With a shared table: only pumps of the partitions that a worker has whose name begins so. */
  readonly ofWorker?: string | undefined;
  /** Ends such waiting. */
  readonly signal?: AbortSignal | undefined;
  readonly onLog?: ((event: StoreEvent) => void) | undefined;
}

/** Opens the configured table in HBase, which may be away. Throws CONFIG for TLS files that can't be used. */
export async function openHBase(config: WithHBase, options: RemoteOptions): Promise<OpenTable> {
  return config.store.shared ? openShared(config, options) : openSiteTable(config, options);
}

/** Opens it as a table that workers share. */
export function openShared(config: WithHBase, options: Omit<RemoteOptions, 'mode'>): SharedTable {
  return new SharedTable(sharedOptions(config, options));
}

/** What people did about the alarms of a table that workers share. */
export function openSharedActs(store: HBaseConfig, patienceMs: number): SharedActs {
  return new SharedActs({ gateway: gatewayOf(store), table: store.table, patienceMs });
}

/** Opens it as a table that one site writes. */
export function openSiteTable(config: WithHBase, { mode, patienceMs, signal, onLog }: RemoteOptions): Promise<HBaseTable> {
  const { dataDir, store, limits: { rejects } } = config;
  const { table, ttl } = store;
  const gateway = gatewayOf(store);
  return openHBaseTable({ gateway, table, dir: ledgerDir(dataDir), mode, ttl, rejects, now: Date.now, patienceMs, signal, onLog });
}

/** How the configured table is opened that workers share. Throws CONFIG for TLS files that can't be used. */
export function sharedOptions({ store }: WithHBase, { patienceMs, ofWorker, signal, onLog }: Omit<RemoteOptions, 'mode'>): SharedTableOptions {
  const { table, ttl } = store;
  return { gateway: gatewayOf(store), table, ttl, ofWorker, now: Date.now, patienceMs, signal, onLog };
}

/** Whether the configured table is there. */
export async function isInHBase(store: HBaseConfig, patienceMs: number): Promise<boolean> {
  const client = openClient(store, patienceMs);
  try {
    return (await client.describe()) !== undefined;
  } finally {
    client.close();
  }
}

/** A client for the configured gateway and table. Throws CONFIG for TLS files that can't be used. */
export function openClient(store: HBaseConfig, patienceMs: number): HBaseClient {
  return new HBaseClient({ gateway: gatewayOf(store), table: store.table, patienceMs });
}

function gatewayOf({ url, others, timeoutMs, username, password, token, headers, tls: files = {} }: HBaseConfig): GatewayOptions {
  const pem = (name: 'ca' | 'cert' | 'key') => {
    const path = files[name];
    return path === undefined ? undefined : readPem(`store.tls.${name}`, path);
  };
  const tls = { ca: pem('ca'), cert: pem('cert'), key: pem('key') };
  checkTls(tls, files);
  return { url, others, timeoutMs, username, password, token, headers, tls };
}

/** What is wrong with certificate and key by themselves is known before anybody is asked: in no connection would they do. */
function checkTls({ cert, key }: { readonly cert: string | undefined; readonly key: string | undefined }, files: TlsFiles): void {
  if (cert !== undefined) tryTls({ cert }, `store.tls.cert: expected a certificate in ${files.cert}`);
  if (key !== undefined) tryTls({ key }, `store.tls.key: expected a private key without a passphrase in ${files.key}`);
  if (cert !== undefined && key !== undefined)
    tryTls({ cert, key }, `store.tls.key: expected the key of the certificate ${files.cert}, got another in ${files.key}`);
}

function tryTls(options: SecureContextOptions, problem: string): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new AppError('CONFIG', `${problem} (${systemCode(cause) ?? 'it can\'t be used'})`, { cause });
  }
}
