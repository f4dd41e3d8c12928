/** Readings of one pump in order of time, no time twice; rows 0 to `length - 1`. Such are the pieces that a table gives. */
export interface PumpColumns {
  readonly length: number;
  /** Wall times. */
  readonly time: Float64Array;
  /** ms since 1970-01-01T00:00Z. */
  readonly receivedAt: Float64Array;
  /** A column for each measure, in the order of MEASURES; UNKNOWN where a cell is missing. */
  readonly values: readonly Float64Array[];
}
