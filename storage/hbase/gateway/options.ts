import type { RejectBounds } from '../../table/rejects.ts';
import type { GatewayOptions } from './gateway.ts';

/** Something that happened to the store and that a person may want to know. WARN = nothing is lost, rows wait. */
export interface StoreEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** How to open the table in HBase. */
export interface HBaseTableOptions {
  readonly gateway: GatewayOptions;
  /** The table's name, with its namespace if it has one: `sensor`, `field:sensor`. */
  readonly table: string;
  /** Folder of the ledger, see ARCHITECTURE.md. The writer makes it; the others can do without. */
  readonly dir: string;
  /** `writer` does all; `batch` reads and stores statistics; `reader` reads. One writer and one batch at a time. */
  readonly mode: 'writer' | 'reader' | 'batch';
  /** How long cells are kept after their receipt, in ms; null keeps them for ever. */
  readonly ttl: { readonly data: number | null; readonly alerts: number | null };
  /** How many rejects the ledger keeps, and for how long. */
  readonly rejects?: RejectBounds | undefined;
  /** The time against which receipts expire: ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** How long to wait for a store that is away, in ms, before a call fails; Infinity waits for ever. */
  readonly patienceMs: number;
  /** Ends all waiting: calls that would wait fail at once with STORE_UNAVAILABLE. */
  readonly signal?: AbortSignal | undefined;
  readonly onLog?: ((event: StoreEvent) => void) | undefined;
}
