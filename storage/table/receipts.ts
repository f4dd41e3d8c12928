import type { ReceiverName } from '../../domain/receivers.ts';

/** What came from a file or a topic, and what became of it. */
export interface StoredReceipt {
  /** Counts from 1, in the order in which sources came. */
  readonly number: number;
  readonly receiver: ReceiverName;
  /** The file's name as it was dropped, or `mqtt:` and the topic. */
  readonly source: string;
  readonly stored: number;
  /** Parts of the stored ones: those that came to other values than there were, and those that were taken back since. */
  readonly replaced: number;
  readonly retracted: number;
  readonly duplicate: number;
  readonly rejected: number;
  /** First and last time of receipt, ms since 1970-01-01T00:00Z; null of what had no rows. */
  readonly first: number | null;
  readonly last: number | null;
  /** Of a file: its bytes, and their CRC-32 in hexadecimal; null of a topic. */
  readonly digest: { readonly bytes: number; readonly crc32: string } | null;
}

/** Receipts that are kept no longer one by one, added up. */
export type OlderReceipts = Omit<StoredReceipt, 'number' | 'receiver' | 'source' | 'digest'> & { readonly sources: number };

/** The receipts of a table. */
export interface StoredReceipts {
  /** Those that are kept, in the order in which sources came; and what others add up to, if there were others. */
  receipts(): Promise<{ readonly receipts: readonly StoredReceipt[]; readonly older: OlderReceipts | undefined }>;
}
