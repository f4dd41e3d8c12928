import type { Columns } from './header.ts';

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

/** What the first line that is not blank turned out to be. */
export type Header = 'undecided' | 'none' | Columns;

/** The start of every source. */
export const SOURCE_START: SourceState = { line: 0, offset: 0, crc: 0, header: 'undecided' };

/**
 * The place in a piece that the parsers move forward, always at the beginning of a record. The bytes
 * are `bytes[at, to)`; what lies outside belongs to somebody else.
 */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly to: number;
  /** Physical lines that have ended. */
  line: number;
  /** Nothing comes after `to`. */
  readonly final: boolean;
}
