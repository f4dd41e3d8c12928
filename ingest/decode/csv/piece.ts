import type { FieldPositions } from './header.ts';

/**
 * Where reading stands in a source: plain JSON, stored with the position, so that reading goes on after
 * a crash exactly as if there had been none.
 */
export interface SourceState {
  /** Physical lines that have ended, that is LFs passed. */
  readonly line: number;
  /** Bytes passed. */
  readonly offset: number;
  /** CRC-32 of the bytes passed; 0 at the end of a message, which nothing can follow. */
  readonly crc: number;
  /** `none` stands for a header in the usual order too: it changes nothing in how rows are read. */
  readonly header: Header;
  /** Inside a line that is too long and has its reject already. */
  readonly skipping?: true;
}

/** What the last header said, or that there is none so far. */
export type Header = 'undecided' | 'none' | FieldPositions;

/** The start of every source. */
export const SOURCE_START: SourceState = { line: 0, offset: 0, crc: 0, header: 'undecided' };

/** Bytes of a source, in order. What is not consumed comes again at the front of the next piece. */
export interface Piece {
  readonly bytes: Buffer;
  /** The piece is `bytes[from, to)`: at least 128 KiB of it when it is not `final`, so that it holds a whole record. */
  readonly from: number;
  readonly to: number;
  /** The source ends with it. */
  readonly final: boolean;
  /** The file's name, or `mqtt:` and the topic; for rejects. */
  readonly source: string;
  /** When it was received: ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number;
}

/** What became of a piece. */
export interface Parsed {
  /** Bytes that are done with. */
  readonly consumed: number;
  /** Where the source stands behind them. */
  readonly state: SourceState;
  /** Why the source has to be refused from here on: a header that can't be used. */
  readonly refusal?: string;
}

/**
 * The place in a piece that the parsers move forward, always at the beginning of a record. The bytes
 * are `bytes[at, to)`; what lies outside belongs to somebody else.
 */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly to: number;
  /** Nothing comes after `to`. */
  readonly final: boolean;
  /** Physical lines that have ended. */
  line: number;
  readonly receivedAt: number;
}
