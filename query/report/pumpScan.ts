import type { DayStats } from '../../domain/day/dayStats.ts';
import { DaySummary } from '../../domain/day/daySummary.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { SiteClock } from '../../domain/reading/siteClock.ts';
import { dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { Bands, type Grid } from '../curves/bands.ts';
import { Cadence } from '../curves/cadence.ts';
import type { Turns } from '../turns.ts';

/** A time without a reading, of wall times. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** What came of one pump in the days of a report. */
export interface PumpScan {
  readonly pump: string;
  /** Over all of its readings, as the daily batch computes them; null without any. `day` is the first. */
  readonly stats: DayStats | null;
  readonly bands: Bands;
  /** The usual time between two readings, ms; null with fewer than two. */
  readonly cadenceMs: number | null;
  /** Times of which nothing is known, in order. */
  readonly gaps: readonly Gap[];
  /** Up to when its readings, or the last of them, tell how it was. */
  readonly knownTo: number;
  /** How long they are together. */
  readonly unknownMs: number;
  /** Readings that came later after their own time than `latenessMs`, and the latest of them. */
  readonly late: { readonly rows: number; readonly longestMs: number };
}

export interface ScanOptions {
  readonly table: StoredReadings;
  /** Wall times; `knownTo` is how far the days have come. */
  readonly from: number;
  readonly to: number;
  readonly knownTo: number;
  /** So long a reading holds, ms. */
  readonly holdMs: number;
  readonly latenessMs: number;
  readonly clock: SiteClock;
  readonly turns: Turns;
}

/** How many buckets a curve has. */
const BUCKETS = 240;
/** How much farther apart than usual two readings are when some are missing between them: as curves have it. */
const GAP_CADENCES = 3;

/** Reads a pump's days once. Throws STORE_UNAVAILABLE. */
export async function scanPump(pump: string, options: ScanOptions): Promise<PumpScan> {
  const { table, from, to, knownTo, holdMs, turns } = options;
  const summary = new DaySummary();
  const bands = new Bands(gridOf(from, to), MEASURES.map((_, column) => column));
  const cadence = new Cadence();
  const late = new Lateness(options);
  const apart: Gap[] = [];
  let last = from;
  for await (const piece of table.readings(pump, { from, to })) {
    summary.add(piece, 0, piece.length);
    bands.add(piece, 0, piece.length);
    cadence.add(piece.time, 0, piece.length);
    late.add(piece);
    for (let row = 0; row < piece.length; row++) {
      if (piece.time[row] - last > holdMs) apart.push({ from: last, to: piece.time[row] });
      last = piece.time[row];
    }
    await turns.next();
  }
  if (knownTo - last > holdMs) apart.push({ from: last, to: knownTo });
  const cadenceMs = cadence.median();
  const gaps = apart.filter((gap) => gap.to - gap.from > GAP_CADENCES * (cadenceMs ?? 0));
  const unknownMs = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const lastGap = gaps.at(-1);
  return { pump, knownTo: lastGap?.to === knownTo ? lastGap.from : knownTo, stats: summary.stats(pump, dayOf(from)), bands, cadenceMs, gaps, unknownMs, late: late.found };
}

/** Counts readings that came late. */
class Lateness {
  readonly #clock: SiteClock;
  readonly #latenessMs: number;
  found = { rows: 0, longestMs: 0 };

  constructor({ clock, latenessMs }: Pick<ScanOptions, 'clock' | 'latenessMs'>) {
    this.#clock = clock;
    this.#latenessMs = latenessMs;
  }

  add({ length, time, receivedAt }: Readings): void {
    let { rows, longestMs } = this.found;
    for (let row = 0; row < length; row++) {
      const after = this.#clock.wallTimeAt(receivedAt[row]) - time[row];
      if (after <= this.#latenessMs) continue;
      rows++;
      longestMs = Math.max(longestMs, after);
    }
    this.found = { rows, longestMs };
  }
}

function gridOf(from: number, to: number): Grid {
  const width = Math.max(60_000, Math.ceil((to - from) / BUCKETS / 60_000) * 60_000);
  return { start: from, width, length: Math.ceil((to - from) / width) };
}
