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
  /** How many were listed once and are no longer: those with the numbers up to and with this one. */
  readonly dropped: number;
}

/** How many rejects are kept, and for how long. Whatever is beyond either goes, the oldest first. */
export interface RejectBounds {
  readonly most: number;
  readonly ageMs: number;
}

/** What holds where nothing is configured: 100,000, for 90 days. */
export const REJECT_BOUNDS: RejectBounds = { most: 100_000, ageMs: 90 * 86_400_000 };

/** The rejects of a table. */
export interface StoredRejects {
  /** Rejects in order of arrival, in pieces. */
  rejects(): AsyncIterable<readonly NumberedReject[]>;
  /** Rejects from the newest back. */
  newestRejects(selection: RejectSelection): Promise<NewestRejects>;
  /**
   * Removes rejects from the list: those received before a time (ms since 1970-01-01T00:00Z) and all that came before
   * them, or without a time all. Gives how many. They stay counted, and one that comes again is listed again.
   */
  clearRejects(before?: number): Promise<number>;
}
