import type { Alert } from '../../domain/alarm/alert.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { Json } from './state.ts';

/** Which rows are taken back: all of some sources, or those of a pump from one wall time to another, that one not included. */
export interface RetractSelection {
  /** Numbers of receipts; undefined for whatever source. */
  readonly sources: readonly number[] | undefined;
  /** Undefined for all pumps. */
  readonly pump: string | undefined;
  readonly from: number;
  readonly to: number;
  /** Rows that were received later stay: ms since 1970-01-01T00:00Z. */
  readonly receivedUntil: number;
}

/** What a retraction has done: rows that count as stored and are taken back, and the pump-days that had some. */
export interface Retracted {
  readonly retracted: number;
  readonly pumpDays: number;
}

/** How far a retraction has come: pumps and times are gone through in order. */
export interface RetractProgress extends Retracted {
  /** The pump that was last, and the last day of it that was counted, in days since 1970-01-01. */
  readonly pump: string | null;
  readonly lastDay: number | null;
}

/** A retraction of which nothing was done yet. */
export const NOT_BEGUN: RetractProgress = { retracted: 0, pumpDays: 0, pump: null, lastDay: null };

/** A piece of a retraction, which is of one pump, and what it all comes to with the pieces before. */
export interface RetractedPiece extends RetractProgress {
  readonly pump: string;
  /** How many rows were taken back now. */
  readonly rows: number;
  /** Alerts that hold no longer. */
  readonly withdrawn: readonly Alert[];
  /** The pump's last reading as it is now; undefined when it has none. */
  readonly last: { readonly time: number; readonly psi: number } | undefined;
}

/** How a retraction is carried out. */
export interface RetractOptions {
  /** Those in force: values that come back may break them. */
  readonly rules: readonly Rule[];
  /** State that commits with a piece; at the end it is asked without one. May be called again for the same piece. */
  readonly state: (soFar: RetractProgress, piece: RetractedPiece | undefined) => Readonly<Record<string, Json>>;
  /** How far an interrupted run of the same retraction has come. */
  readonly before: RetractProgress;
}

/** A table that can take rows back. */
export interface Retracting {
  /** What a retraction would take back. */
  retractable(selection: RetractSelection): Promise<Retracted>;
  /**
   * Takes rows back, in pieces of one transaction each. What was begun and interrupted may be done again: it finds what is left.
   * No step may be written meanwhile.
   */
  retract(selection: RetractSelection, options: RetractOptions): AsyncIterable<RetractedPiece>;
}
