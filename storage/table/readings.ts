import type { Readings } from '../../domain/reading/readings.ts';
import type { TimeRange } from '../../domain/reading/selection.ts';

/** Which columns of readings are looked at. */
export interface OnlyColumns {
  /** Numbers of measures. */
  readonly measures: readonly number[];
  /** Whether times of receipt are. */
  readonly receipts: boolean;
}

/** Which readings of a pump, and what of them: a table may leave the other columns as they were, with anything in them. */
export interface ReadingRange extends TimeRange {
  readonly only?: OnlyColumns | undefined;
}

/** The readings of a table. */
export interface StoredReadings {
  /** The values at a key, in the order of MEASURES, or undefined. */
  lookup(pump: string, time: number): Promise<readonly number[] | undefined>;
  /**
   * One pump's readings in order of time, from one snapshot, in pieces: each holds until the next is asked for. Keep the
   * loop short: as long as it runs, disk space is not used again.
   */
  readings(pump: string, range: ReadingRange): AsyncIterable<Readings>;
  /** The last reading of a pump, as a piece of one row, or undefined. */
  lastReading(pump: string): Promise<Readings | undefined>;
  /**
   * The time of a pump's last reading. The table tells it without asking a store on the network if it can, so it may be
   * the time of a reading that has expired.
   */
  newestTime(pump: string): Promise<number | undefined>;
}
