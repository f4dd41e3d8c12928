import type { SourceState } from '../../decoder.ts';

/** Where reading stands in a source of JSON. `line` stays 0: a payload counts as one row while it waits. */
export interface JsonState extends SourceState {
  readonly crc: number;
  /** Line feeds that were passed. */
  readonly lines: number;
  /** Inside the list that the source, or this part of it, is. */
  readonly inList: boolean;
  /** Items of the value at `offset` that are taken already. */
  readonly item: number;
  readonly zoned: boolean | null;
  /** Inside a line that has its reject already. */
  readonly skipping: boolean;
}

/** The start of every source. */
export const JSON_START: JsonState = { line: 0, offset: 0, crc: 0, lines: 0, inList: false, item: 0, zoned: null, skipping: false };
