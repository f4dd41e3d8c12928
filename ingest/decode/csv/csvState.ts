import type { Receipt } from '../../../domain/reading/receipt.ts';
import type { SourceState } from '../decoder.ts';
import type { FieldPositions } from './header.ts';

/** Where reading stands in a source of CSV; `line` counts physical lines that have ended, that is LFs passed. */
export interface CsvState extends SourceState {
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
export const CSV_START: CsvState = { line: 0, offset: 0, crc: 0, header: 'undecided' };

/**
 * The place in a piece that the parsers move forward, always at the beginning of a record. The bytes
 * are `bytes[at, to)`; what lies outside belongs to somebody else.
 */
export interface Cursor extends Receipt {
  readonly bytes: Buffer;
  at: number;
  readonly to: number;
  /** Nothing comes after `to`. */
  readonly final: boolean;
  /** Physical lines that have ended. */
  line: number;
}
