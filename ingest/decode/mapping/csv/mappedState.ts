import type { SourceState } from '../../decoder.ts';

/** Where reading stands in a source of mapped CSV; `line` counts physical lines that have ended. */
export interface MappedState extends SourceState {
  /** CRC-32 of the bytes passed. */
  readonly crc: number;
  /** The names of the last header; null before it, and for formats that have none. */
  readonly names: readonly string[] | null;
  /** Lines behind the header that are still to be passed over. */
  readonly units: number;
  /** Rows of the record at `offset` that are taken already: a step had no room for the others. */
  readonly part: number;
  /** Whether the times of the source name their zone; null before the first. */
  readonly zoned: boolean | null;
  /** Inside a line that is too long and has its reject already. */
  readonly skipping: boolean;
}

/** The start of every source. */
export const MAPPED_START: MappedState = {
  line: 0, offset: 0, crc: 0, names: null, units: 0, part: 0, zoned: null, skipping: false,
};
