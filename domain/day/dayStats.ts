/** Minimum, maximum and mean of one measure over a pump-day. All three are UNKNOWN when one of its readings lacks the measure. */
export interface MeasureStats {
  readonly min: number;
  readonly max: number;
  /** The plain sum in order of time, divided by the count: the same bits whatever order rows came in. */
  readonly avg: number;
}

/** What the daily batch stores for a pump and day, in the order of MEASURES. */
export interface DayStats {
  readonly pump: string;
  /** Day number, see wallClock.ts. */
  readonly day: number;
  readonly count: number;
  readonly measures: readonly MeasureStats[];
}
