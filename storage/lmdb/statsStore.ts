import type { DayStats, MeasureDay, MeasureStats } from '../../domain/day/dayStats.ts';
import type { ComputedDay, DaySelection } from '../../domain/day/pumpDay.ts';
import { AppError } from '../../domain/errors.ts';
import { FIRST_MEASURES, isUnknown, MEASURES, UNKNOWN } from '../../domain/reading/measures.ts';
import { formatDay } from '../../domain/reading/wallClock.ts';
import { asBuffer } from './asBuffer.ts';
import { pumpDays } from './days.ts';
import type { Snapshot, Store } from './environment.ts';
import { dayPrefix, dayRecordKey } from './keys.ts';

/**
 * A record of statistics of m measures:
 *
 *   0   f64  `changedAt` of the pump-day when they were computed
 *   8   f64  count
 *   16  u8   layout, 2 or 3
 *   17  u8   measures, m; then six bytes of 0
 *   24  f64  smallest, largest, mean of each measure, in the order of MEASURES; NaN where they are unknown
 *   …   f64  in layout 3: the count of each measure. In layout 2 it is that of the day, or 0 where it is unknown
 *
 * The first layout has the first six measures, from byte 16 on. The first field alone is a pump-day that was looked at
 * and has no statistics. No two of these are of the same length.
 */
const COMPUTED_AT_BYTES = 8;
const LAYOUT = 2;
const COUNTS_LAYOUT = 3;
const MEASURES_FROM = 24;
const FIRST_MEASURES_FROM = 16;
const MEASURE_BYTES = 24;
const COUNT_BYTES = 8;
const FIRST_RECORD_BYTES = FIRST_MEASURES_FROM + FIRST_MEASURES * MEASURE_BYTES;

/** The statistics of pump-days. */
export class StatsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** For which state of the pump-day its statistics were computed; 0 when they never were. */
  computedAt(pump: string, day: number, snapshot?: Snapshot): number {
    const bytes = this.#store.get(dayRecordKey(dayPrefix(pump), day), snapshot);
    return bytes ? asBuffer(bytes).readDoubleLE(0) : 0;
  }

  /** Stores statistics, or with null moves `computedAt` only; only within a transaction. */
  put({ day: { pump, day, changedAt }, stats }: ComputedDay): void {
    const key = dayRecordKey(dayPrefix(pump), day);
    const bytes = stats ? encodeStats(stats) : Buffer.from(this.#store.get(key) ?? new Uint8Array(COMPUTED_AT_BYTES));
    bytes.writeDoubleLE(changedAt);
    this.#store.put(key, bytes);
  }

  /** Forgets what was computed for a pump-day, which is to be looked at again; only within a transaction. */
  forget(pump: string, day: number): void {
    this.#store.put(dayRecordKey(dayPrefix(pump), day), Buffer.alloc(COMPUTED_AT_BYTES));
  }

  /** Statistics by pump, then day. Throws STORE_DAMAGED at a record that is none. */
  *select(selection: DaySelection, snapshot: Snapshot): Iterable<DayStats> {
    for (const { pump, day, value } of pumpDays(this.#store, selection, snapshot)) {
      const stats = decodeStats(pump, day, asBuffer(value));
      if (stats) yield stats;
    }
  }

  /** Of one measure, the `index`th, only, of one pump: many days are looked at at once. Throws STORE_DAMAGED as {@link select} does. */
  ofMeasure(selection: DaySelection, index: number, snapshot: Snapshot): MeasureDay[] {
    const found: MeasureDay[] = [];
    for (const { pump, day, value } of pumpDays(this.#store, selection, snapshot)) {
      const bytes = asBuffer(value);
      const layout = layoutIn(pump, day, bytes);
      if (layout) found.push({ day, computedAt: bytes.readDoubleLE(0), readings: bytes.readDoubleLE(8), stats: measureIn(bytes, layout, index) });
    }
    return found;
  }
}

function encodeStats(stats: DayStats): Buffer {
  const countsFrom = MEASURES_FROM + stats.measures.length * MEASURE_BYTES;
  const hasCounts = stats.measures.some(({ count }) => count !== stats.count);
  const bytes = Buffer.alloc(countsFrom + (hasCounts ? stats.measures.length * COUNT_BYTES : 0));
  bytes.writeDoubleLE(stats.count, 8);
  bytes.writeUInt8(hasCounts ? COUNTS_LAYOUT : LAYOUT, 16);
  bytes.writeUInt8(stats.measures.length, 17);
  stats.measures.forEach(({ count, min, max, avg }, index) => {
    const at = MEASURES_FROM + index * MEASURE_BYTES;
    bytes.writeDoubleLE(min, at);
    bytes.writeDoubleLE(max, at + 8);
    bytes.writeDoubleLE(avg, at + 16);
    if (hasCounts) bytes.writeDoubleLE(count, countsFrom + index * COUNT_BYTES);
  });
  return bytes;
}

/** The statistics in a record, or undefined when it has none. Throws STORE_DAMAGED. */
function decodeStats(pump: string, day: number, bytes: Buffer): DayStats | undefined {
  const layout = layoutIn(pump, day, bytes);
  return layout && { pump, day, count: bytes.readDoubleLE(8), measures: MEASURES.map((_, index) => measureIn(bytes, layout, index)) };
}

/** How the statistics in a record lie, or undefined when it has none. Throws STORE_DAMAGED. */
function layoutIn(pump: string, day: number, bytes: Buffer): StatsLayout | undefined {
  if (bytes.length === COMPUTED_AT_BYTES) return undefined;
  const layout = layoutOf(bytes);
  if (layout) return layout;
  throw new AppError(
    'STORE_DAMAGED',
    `expected statistics of pump ${pump} on ${formatDay(day)}, found ${bytes.length} bytes that are none; restore the table from a ` +
      'backup, or remove it and read the files again',
  );
}

function measureIn(bytes: Buffer, { measures, from, countsFrom }: StatsLayout, index: number): MeasureStats {
  if (index >= measures) return { count: 0, min: UNKNOWN, max: UNKNOWN, avg: UNKNOWN };
  const at = from + index * MEASURE_BYTES;
  const [min, max, avg] = [bytes.readDoubleLE(at), bytes.readDoubleLE(at + 8), bytes.readDoubleLE(at + 16)];
  if (countsFrom !== undefined) return { count: bytes.readDoubleLE(countsFrom + index * COUNT_BYTES), min, max, avg };
  return { count: isUnknown(avg) ? 0 : bytes.readDoubleLE(8), min, max, avg };
}

/** What is wrong with a record of statistics, or undefined. */
export function statsProblem(bytes: Uint8Array): string | undefined {
  return bytes.length === COMPUTED_AT_BYTES || layoutOf(Buffer.from(bytes)) ? undefined : `${bytes.length} bytes are no statistics`;
}

/** How a record's measures lie. */
interface StatsLayout {
  readonly measures: number;
  readonly from: number;
  readonly countsFrom?: number;
}

/** How a record lies; undefined when it is none that this program knows. */
function layoutOf(bytes: Buffer): StatsLayout | undefined {
  if (bytes.length === FIRST_RECORD_BYTES) return { measures: FIRST_MEASURES, from: FIRST_MEASURES_FROM };
  if (bytes.length <= MEASURES_FROM || (bytes[16] !== LAYOUT && bytes[16] !== COUNTS_LAYOUT)) return undefined;
  const measures = bytes[17];
  const countsFrom = MEASURES_FROM + measures * MEASURE_BYTES;
  const hasCounts = bytes[16] === COUNTS_LAYOUT;
  const isWhole = bytes.length === countsFrom + (hasCounts ? measures * COUNT_BYTES : 0) && measures <= MEASURES.length;
  if (!isWhole) return undefined;
  return hasCounts ? { measures, from: MEASURES_FROM, countsFrom } : { measures, from: MEASURES_FROM };
}
