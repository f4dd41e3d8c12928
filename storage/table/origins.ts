import type { KeyHistory } from '../../domain/reading/keyHistory.ts';
import type { StoredReceipt } from './receipts.ts';

/** How a reading came to what it holds, and the receipts of its sources by number, as far as they are kept. */
export interface KeyOrigins extends KeyHistory {
  readonly sources: ReadonlyMap<number, StoredReceipt>;
}

/** A record of where rows came from, as a store has it; of a pump's key without the pump's number. */
export interface OriginRecord {
  readonly kind: 'receipts' | 'origins' | 'changes';
  readonly pump: string | null;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Where the rows of a table come from. */
export interface StoredOrigins {
  /** What is known of how a reading came about: nothing of rows that came before this was kept, or have expired. */
  origins(pump: string, time: number): Promise<KeyOrigins>;
  /** All that is known, of one moment, in pieces: for a table that takes the rows over. Receipts come last. */
  originRecords(): AsyncIterable<readonly OriginRecord[]>;
}
