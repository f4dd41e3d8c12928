import type { Readings } from '../domain/readings.ts';
import { DAY_MS } from '../domain/wallClock.ts';
import type { ComputedDay, PumpDay, Table } from '../storage/table.ts';
import { DaySummary } from './daySummary.ts';

/** Readings that are read from one snapshot: about a tenth of a second, after which the store may reuse its space again. */
const ROWS_PER_SNAPSHOT = 2_000_000;

/**
 * Statistics of consecutive days of one pump; null for those of which readings have expired, or that
 * have none.
 */
export async function summarizeDays(table: Table, days: readonly PumpDay[]): Promise<ComputedDay[]> {
  const first = days.findIndex(({ expired }) => !expired);
  if (first < 0) return days.map((day) => ({ day, stats: null }));
  const last = days.findLastIndex(({ expired }) => !expired);

  const { pump } = days[first];
  const summaries = days.map(() => new DaySummary());
  const end = (days[last].day + 1) * DAY_MS;
  let from: number | undefined = days[first].day * DAY_MS;
  while (from !== undefined) from = await readOnce(table, { pump, from, end, firstDay: days[0].day, summaries });

  // A day that begins to expire only now is the table's to refuse, in the transaction that would store it.
  return days.map((day, i) => ({ day, stats: day.expired ? null : summaries[i].stats(pump, day.day) }));
}

interface Reading {
  readonly pump: string;
  /** Wall times. */
  readonly from: number;
  readonly end: number;
  /** The day of `summaries[0]`. */
  readonly firstDay: number;
  readonly summaries: readonly DaySummary[];
}

/** Reads one snapshot's worth. Gives the wall time to go on from, or undefined at the end. */
async function readOnce(table: Table, { pump, from, end, firstDay, summaries }: Reading): Promise<number | undefined> {
  let rows = 0;
  for await (const piece of table.readings(pump, { from, to: end })) {
    for (let row = 0; row < piece.length;) {
      const day = Math.floor(piece.time[row] / DAY_MS);
      const next = rowAtOrAfter(piece, row, (day + 1) * DAY_MS);
      summaries[day - firstDay].add(piece, row, next);
      row = next;
    }
    rows += piece.length;
    if (rows >= ROWS_PER_SNAPSHOT) return piece.time[piece.length - 1] + 1;
  }
  return undefined;
}

/** The first row from `from` on that is at or after a wall time. */
function rowAtOrAfter({ time, length }: Readings, from: number, wallTime: number): number {
  if (time[length - 1] < wallTime) return length;
  let low = from;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[middle] < wallTime) low = middle + 1;
    else high = middle;
  }
  return low;
}
