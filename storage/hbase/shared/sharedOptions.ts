import type { GatewayOptions } from '../gateway/gateway.ts';
import type { StoreEvent } from '../gateway/options.ts';

/** How to open a table that several workers write. */
export interface SharedTableOptions {
  readonly gateway: GatewayOptions;
  /** The table's name, with its namespace if it has one; the ledgers lie beside it, in `sensor_ledger`. */
  readonly table: string;
  /** Only pumps of the partitions that a worker has whose name begins so. */
  readonly ofWorker?: string | undefined;
  /** How long cells are kept after their receipt, in ms; null keeps them for ever. */
  readonly ttl: { readonly data: number | null; readonly alerts: number | null };
  /** The time against which receipts expire: ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** How long to wait for a store that is away, in ms, before a call fails; Infinity waits for ever. */
  readonly patienceMs: number;
  /** Ends all waiting. */
  readonly signal?: AbortSignal | undefined;
  readonly onLog?: ((event: StoreEvent) => void) | undefined;
}

/** The table of ledgers beside a table. */
export function ledgerTable(table: string): string {
  return `${table}_ledger`;
}
