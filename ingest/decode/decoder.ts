import type { Receipt } from '../../domain/reading/receipt.ts';
import type { StepBuffer } from './stepBuffer.ts';

/**
 * Where decoding stands inside a source: plain JSON that is stored with the position, so that it goes on after a crash
 * exactly as if there had been none. What else is in it is the decoder's own.
 */
export interface SourceState {
  /** Rows, or lines of rows, that have ended: as many as `rowsOf` counts for these bytes. */
  readonly line: number;
  /** Bytes passed; 0 only at the start. */
  readonly offset: number;
}

/** Bytes of a source, in order. What is not consumed comes again at the front of the next piece. */
export interface Piece extends Receipt {
  readonly bytes: Buffer;
  /** The piece is `bytes[from, to)`: at least the decoder's `leastBytes` when it is not `final`, so that it holds a whole record. */
  readonly from: number;
  readonly to: number;
  /** The source ends with it. */
  readonly final: boolean;
  /** The file's name, or `mqtt:` and the topic; for rejects. */
  readonly source: string;
}

/** What became of a piece. */
export interface Parsed<State extends SourceState = SourceState> {
  /** Bytes that are done with. */
  readonly consumed: number;
  /** Where the source stands behind them. */
  readonly state: State;
  /** Why the source has to be refused, as a sentence for people. */
  readonly refusal?: string;
}

/**
 * What turns bytes into rows: one for each format. A file in pieces and a message in one piece are read the same way,
 * and however a source is cut, rows and rejects are the same.
 *
 *   start ── take(piece) ──► rows and rejects in the step, and a state ── take(next piece) ──► …
 */
export interface Decoder<State extends SourceState = SourceState> {
  /** Its name in configuration and journal; never changed. */
  readonly format: string;
  /** What a payload has to be, for reasons: `one or more CSV lines`. */
  readonly expects: string;
  /** The state before the first byte. */
  readonly start: State;
  /** Bytes that a piece which is not final has at least, so that it holds a whole record; 128 KiB by default, 1 MiB at most. */
  readonly leastBytes?: number;
  /** Takes whole records while there is room: rows that are right become readings, all others rejects. Throws nothing. */
  take(piece: Piece, state: State, into: StepBuffer): Parsed<State>;
  /**
   * The short way for a message that is one plain row, and has a byte behind it that a row may end with, an LF: takes
   * `bytes[from, to)` whole and says so, or takes nothing. A format without one always says false.
   */
  takeOne(bytes: Buffer, at: { readonly from: number; readonly to: number }, receipt: Receipt, into: StepBuffer): boolean;
  /** Why the beginning of a source can't be of this format at all, if so: its first 64 KiB, or all of a shorter one. */
  refuses(beginning: Buffer): string | undefined;
  /** How many rows a payload counts as while it waits in the journal: at least one, without decoding it. */
  rowsOf(payload: Buffer): number;
}
