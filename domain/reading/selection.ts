/** A half-open range of wall times: `from` inclusive, `to` exclusive; absent means unbounded. */
export interface TimeRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Which alerts, or which of whatever has pump and time. */
export interface Selection extends TimeRange {
  readonly pump?: string | undefined;
}
