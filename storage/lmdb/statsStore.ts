import type { DayStats } from '../../domain/day/dayStats.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import type { ComputedDay, DaySelection } from '../../domain/day/pumpDay.ts';
import { pumpDays } from './days.ts';
import type { Snapshot, Store } from './environment.ts';
import { dayPrefix, dayRecordKey } from './keys.ts';

/**
 * A record of statistics:
 *
 *   0   f64  `changedAt` of the pump-day when they were computed
 *   8   f64  count
 *   16  f64  smallest, largest, mean of each measure, in the order of MEASURES
 *
 * The first field alone is a pump-day that was looked at and has no statistics.
 */
const COMPUTED_AT_BYTES = 8;
const RECORD_BYTES = 16 + MEASURES.length * 24;

/** The statistics of pump-days. */
export class StatsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** For which state of the pump-day its statistics were computed; 0 when they never were. */
  computedAt(pump: string, day: number, snapshot?: Snapshot): number {
    const bytes = this.#store.get(dayRecordKey(dayPrefix(pump), day), snapshot);
    return bytes ? Buffer.from(bytes).readDoubleLE(0) : 0;
  }

  /** Stores statistics, or with null moves `computedAt` only; only within a transaction. */
  put({ day: { pump, day, changedAt }, stats }: ComputedDay): void {
    const key = dayRecordKey(dayPrefix(pump), day);
    const bytes = stats ? encodeStats(stats) : Buffer.from(this.#store.get(key) ?? new Uint8Array(COMPUTED_AT_BYTES));
    bytes.writeDoubleLE(changedAt);
    this.#store.put(key, bytes);
  }

  /** Statistics by pump, then day. */
  *select(selection: DaySelection, snapshot: Snapshot): Iterable<DayStats> {
    for (const { pump, day, value } of pumpDays(this.#store, selection, snapshot)) {
      if (value.length === RECORD_BYTES) yield decodeStats(pump, day, Buffer.from(value));
    }
  }
}

function encodeStats(stats: DayStats): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeDoubleLE(stats.count, 8);
  stats.measures.forEach(({ min, max, avg }, index) => {
    bytes.writeDoubleLE(min, 16 + index * 24);
    bytes.writeDoubleLE(max, 24 + index * 24);
    bytes.writeDoubleLE(avg, 32 + index * 24);
  });
  return bytes;
}

function decodeStats(pump: string, day: number, bytes: Buffer): DayStats {
  const measures = MEASURES.map((_, index) => ({
    min: bytes.readDoubleLE(16 + index * 24),
    max: bytes.readDoubleLE(24 + index * 24),
    avg: bytes.readDoubleLE(32 + index * 24),
  }));
  return { pump, day, count: bytes.readDoubleLE(8), measures };
}
