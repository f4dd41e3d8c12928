import type { DayStats } from '../domain/day/dayStats.ts';
import type { Readings } from '../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../domain/reading/wallClock.ts';
import type { ComputedDay, PumpDay } from '../domain/day/pumpDay.ts';
import type { StoredReadings } from '../storage/table/readings.ts';
import { firstNotBefore } from '../domain/search.ts';
import { DaySummary } from '../domain/day/daySummary.ts';

/**
 * Statistics of consecutive days of one pump; null for those of which readings have expired, or that have
 * none. Takes a new snapshot after so many rows: the store may not use its space again as long as one is held.
 */
export async function summarizeDays(table: StoredReadings, days: readonly PumpDay[], rowsPerSnapshot: number): Promise<ComputedDay[]> {
  const whole = days.filter(({ expired }) => !expired);
  if (whole.length === 0) return days.map((day) => ({ day, stats: null }));

  const { pump } = whole[0];
  const summary = new RunOfDays(pump);
  const to = (whole[whole.length - 1].day + 1) * DAY_MS;
  let from: number | undefined = whole[0].day * DAY_MS;
  while (from !== undefined) {
    let room = rowsPerSnapshot;
    const pieces: AsyncIterable<Readings> = table.readings(pump, { from, to });
    from = undefined;
    for await (const readings of pieces) {
      summary.add(readings);
      room -= readings.length;
      if (room > 0) continue;
      from = readings.time[readings.length - 1] + 1;
      break;
    }
  }
  const stats = summary.end();
  // A day that begins to expire only now is the table's to refuse, in the transaction that would store it.
  return days.map((day) => ({ day, stats: day.expired ? null : (stats.get(day.day) ?? null) }));
}

/** The days of one pump, one after the other, while its readings come in. */
class RunOfDays {
  readonly #pump: string;
  readonly #done = new Map<number, DayStats>();
  readonly #summary = new DaySummary();
  #day = -Infinity;

  constructor(pump: string) {
    this.#pump = pump;
  }

  /** Takes readings that come after all that were taken before. */
  add(readings: Readings): void {
    const { time, length } = readings;
    for (let row = 0; row < length;) {
      const day = dayOf(time[row]);
      if (day !== this.#day) this.#begin(day);
      const next = rowAtOrAfter(readings, row, (day + 1) * DAY_MS);
      this.#summary.add(readings, row, next);
      row = next;
    }
  }

  /** The statistics by day. */
  end(): ReadonlyMap<number, DayStats> {
    this.#begin(Infinity);
    return this.#done;
  }

  #begin(day: number): void {
    const stats = this.#summary.stats(this.#pump, this.#day);
    if (stats) this.#done.set(this.#day, stats);
    this.#summary.clear();
    this.#day = day;
  }
}

/** The first row from `from` on that is at or after a wall time. */
function rowAtOrAfter({ time, length }: Readings, from: number, wallTime: number): number {
  if (time[length - 1] < wallTime) return length;
  return firstNotBefore(from, length - 1, (row) => time[row] < wallTime);
}
