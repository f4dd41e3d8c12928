/** Minimum, maximum and mean of one measure over the readings of a pump-day that have it: all three are UNKNOWN when none has. */
export interface MeasureStats {
  /** How many readings have it. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** The plain sum in order of time, divided by the count: the same bits whatever order rows came in. */
  readonly avg: number;
}

/** What is stored of one measure of a pump-day. */
export interface MeasureDay {
  /** Day number, see wallClock.ts. */
  readonly day: number;
  /** `changedAt` of the pump-day as it was when this was computed; Infinity where nobody knows. */
  readonly computedAt: number;
  /** Of the day, those that lack the measure among them. */
  readonly readings: number;
  readonly stats: MeasureStats;
}

/** What the daily batch stores for a pump and day, in the order of MEASURES. */
export interface DayStats {
  readonly pump: string;
  /** Day number, see wallClock.ts. */
  readonly day: number;
  /** Readings, those that lack measures among them. */
  readonly count: number;
  readonly measures: readonly MeasureStats[];
}
