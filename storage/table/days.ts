import type { DayStats, MeasureDay } from '../../domain/day/dayStats.ts';
import type { ChangeSelection, ComputedDay, DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import type { Measure } from '../../domain/reading/measures.ts';

/** Days of one pump, and a measure of them. */
export interface MeasureSelection extends DaySelection {
  readonly pump: string;
  readonly measure: Measure;
}

/** The pump-days of a table and their statistics. One writer of statistics at a time. */
export interface StoredDays {
  /** Pump-days by pump, then day, in pieces. Asked for changes, it looks at all of the selection and gives pieces without any. */
  days(selection: ChangeSelection): AsyncIterable<readonly PumpDay[]>;
  /** Stored daily statistics by pump, then day, in pieces. */
  stats(selection: DaySelection): AsyncIterable<readonly DayStats[]>;
  /** Of one measure of one pump only, days rising: of many pumps over a year this is what an answer waits for. */
  measureDays(selection: MeasureSelection): Promise<readonly MeasureDay[]>;
  /** Stores statistics; on disk when it returns. */
  writeStats(computed: readonly ComputedDay[]): Promise<void>;
}
