import type { WindowResult, WindowRow, WindowSettings } from './arrivalWindows.ts';
import type { PumpTotal } from './pumpTotals.ts';

/** One pump and date of a window, and what is known of the pump beside it. */
export interface WindowReportRow extends WindowRow {
  readonly total: PumpTotal;
}

/** A window for whoever shows it. Bounded. */
export interface WindowReport extends WindowSettings {
  /** Its end: ms since 1970-01-01T00:00Z. */
  readonly time: number;
  /** How many pumps and dates the window has. */
  readonly pumpDays: number;
  /** The worst of them: those with most alerts first, then those with the lowest psi. */
  readonly rows: readonly WindowReportRow[];
}

/** How many rows a report has at most. */
export const REPORTED_ROWS = 100;

/** What is told of a window. A pump that has no reading any more, as all were taken back, is left out. */
export function reportOf(
  { time, rows }: WindowResult,
  { lengthMs, slideMs }: WindowSettings,
  totals: ReadonlyMap<string, PumpTotal>,
): WindowReport {
  const known = rows.filter(({ pump }) => totals.has(pump));
  const worst = known.toSorted(
    (a, b) => b.alerts - a.alerts || a.min - b.min || (a.pump < b.pump ? -1 : Number(a.pump > b.pump)) || b.day - a.day,
  );
  return {
    time,
    lengthMs,
    slideMs,
    pumpDays: known.length,
    rows: worst.slice(0, REPORTED_ROWS).map((row) => ({ ...row, total: totals.get(row.pump)! })),
  };
}
