/** What a channel is told each day, of the day before. */
export interface DailyReport {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Its first line. */
  readonly summary: string;
  readonly lines: readonly string[];
  /** A self-contained page to go with it; only mail takes it. */
  readonly html?: string;
}
