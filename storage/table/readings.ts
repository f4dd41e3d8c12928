import type { Readings } from '../../domain/reading/readings.ts';
import type { TimeRange } from '../../domain/reading/selection.ts';

/** The readings of a table. */
export interface StoredReadings {
  /** The values at a key, in the order of MEASURES, or undefined. */
  lookup(pump: string, time: number): Promise<readonly number[] | undefined>;
  /**
   * One pump's readings in order of time, from one snapshot, in pieces: each holds until the next is asked for. Keep the
   * loop short: as long as it runs, disk space is not used again.
   */
  readings(pump: string, range: TimeRange): AsyncIterable<Readings>;
  /** The last reading of a pump, as a piece of one row, or undefined. */
  lastReading(pump: string): Promise<Readings | undefined>;
  /**
   * The time of a pump's last reading. The table tells it without asking a store on the network if it can, so it may be
   * the time of a reading that has expired.
   */
  newestTime(pump: string): Promise<number | undefined>;
}
