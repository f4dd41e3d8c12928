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

/** A piece of a retraction. */
export interface RetractedPiece extends Retracted {
  /** Alerts that hold no longer. */
  readonly withdrawn: readonly Alert[];
}

/** How a retraction is carried out. */
export interface RetractOptions {
  /** Those in force: values that come back may break them. */
  readonly rules: readonly Rule[];
  /** State that commits with a piece, with what all of them have done so far. */
  readonly state: (soFar: Retracted) => Readonly<Record<string, Json>>;
  /** What an interrupted run of the same retraction has done. */
  readonly before: Retracted;
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
