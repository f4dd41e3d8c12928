import type { Reject } from '../../domain/reading/reject.ts';

/** A reject, and its number in order of arrival, from 1. */
export interface NumberedReject extends Reject {
  readonly number: number;
}

/** Which rejects: up to so many, with numbers below `before`. */
export interface RejectSelection {
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Rejects, the newest first, and how many there are of all. */
export interface NewestRejects {
  readonly items: readonly NumberedReject[];
  readonly total: number;
}

/** The rejects of a table. */
export interface StoredRejects {
  /** Rejects in order of arrival, in pieces. */
  rejects(): AsyncIterable<readonly Reject[]>;
  /** Rejects from the newest back. */
  newestRejects(selection: RejectSelection): Promise<NewestRejects>;
}
