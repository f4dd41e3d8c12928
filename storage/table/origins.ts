import type { KeyHistory } from '../../domain/reading/keyHistory.ts';
import type { StoredReceipt } from './receipts.ts';

/** How a reading came to what it holds, and the receipts of its sources by number, as far as they are kept. */
export interface KeyOrigins extends KeyHistory {
  readonly sources: ReadonlyMap<number, StoredReceipt>;
}

/** Where the rows of a table come from. */
export interface StoredOrigins {
  /** What is known of how a reading came about: nothing of rows that came before this was kept, were copied, or have expired. */
  origins(pump: string, time: number): Promise<KeyOrigins>;
}
