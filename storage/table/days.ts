import type { DayStats } from '../../domain/day/dayStats.ts';
import type { ChangeSelection, ComputedDay, DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';

/** The pump-days of a table and their statistics. One writer of statistics at a time. */
export interface StoredDays {
  /** Pump-days by pump, then day, in pieces. Asked for changes, it looks at all of the selection and gives pieces without any. */
  days(selection: ChangeSelection): AsyncIterable<readonly PumpDay[]>;
  /** Stored daily statistics by pump, then day, in pieces. */
  stats(selection: DaySelection): AsyncIterable<readonly DayStats[]>;
  /** Stores statistics; on disk when it returns. */
  writeStats(computed: readonly ComputedDay[]): Promise<void>;
}
