import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';
import type { WindowReport } from '../../ingest/pumpState/windowReport.ts';

/** The last window of a running job, as status.json and `wellwatch status --json` have it; at most 100 rows, the worst first. */
export interface WindowStatus {
  /** Its end, ISO 8601. */
  readonly to: string;
  readonly lengthMs: number;
  readonly slideMs: number;
  /** How many pumps and dates it has, with those that are not among the rows. */
  readonly pumpDays: number;
  readonly rows: readonly {
    readonly pump: string;
    /** Of the readings. */
    readonly date: string;
    readonly count: number;
    /** Of psi, as are max and mean; a mean whose sum is beyond all numbers is null in JSON. */
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly alerts: number;
    /** The pump's last reading by its own time. */
    readonly last: { readonly at: string; readonly psi: number };
    /** Of the pump, since the table was made; late rows came after their pump's watermark had passed them. */
    readonly total: { readonly rows: number; readonly alerts: number; readonly late: number };
  }[];
}

/** A window for the status. */
export function windowStatus({ time, lengthMs, slideMs, pumpDays, rows }: WindowReport): WindowStatus {
  return {
    to: new Date(time).toISOString(),
    lengthMs, slideMs, pumpDays,
    rows: rows.map(({ pump, day, count, min, max, mean, alerts, total: { last, ...total } }) => ({
      pump, date: formatDay(day), count, min, max, mean, alerts, last: { at: formatTime(last.time), psi: last.psi }, total,
    })),
  };
}
