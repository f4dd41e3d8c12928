import type { DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import { endOf, type Snapshot, type Store } from './environment.ts';
import { dayPrefix, parseDayRecordKey, dayRecordKey } from './keys.ts';

/**
 * The mark of a pump-day that has, or had, readings:
 *
 *   0   f64  number of the step that last changed it
 *   8   f64  time of receipt of the oldest row it ever held
 *   16  u8   1 when rows of it have expired and are gone
 */
export interface DayMark {
  readonly changedAt: number;
  readonly oldestReceivedAt: number;
  readonly dropped: boolean;
}

const MARK_BYTES = 17;

/** The marks of pump-days. */
export class Days {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(pump: string, day: number, snapshot?: Snapshot): DayMark | undefined {
    const bytes = this.#store.get(dayRecordKey(dayPrefix(pump), day), snapshot);
    return bytes && decodeMark(bytes);
  }

  /** Marks a pump-day as changed by a step; only within a transaction. */
  markChanged(pump: string, day: number, changedAt: number, receivedAt: number): void {
    const before = this.get(pump, day);
    const oldestReceivedAt = Math.min(receivedAt, before?.oldestReceivedAt ?? Infinity);
    this.#put(pump, day, { changedAt, oldestReceivedAt, dropped: before?.dropped ?? false });
  }

  /** Notes that rows of a pump-day are gone; only within a transaction. */
  markDropped(pump: string, day: number): void {
    const before = this.get(pump, day);
    if (before && !before.dropped) this.#put(pump, day, { ...before, dropped: true });
  }

  /** Marks by pump, then day. */
  *select(selection: DaySelection, snapshot: Snapshot): Iterable<{ pump: string; day: number; mark: DayMark }> {
    for (const { pump, day, value } of pumpDays(this.#store, selection, snapshot)) {
      yield { pump, day, mark: decodeMark(value) };
    }
  }

  #put(pump: string, day: number, mark: DayMark): void {
    const bytes = Buffer.allocUnsafe(MARK_BYTES);
    bytes.writeDoubleLE(mark.changedAt);
    bytes.writeDoubleLE(mark.oldestReceivedAt, 8);
    bytes[16] = mark.dropped ? 1 : 0;
    this.#store.put(dayRecordKey(dayPrefix(pump), day), bytes);
  }
}

/** A mark as the table shows it. Rows that have expired count as gone before they are removed: nobody sees them. */
export function pumpDay(key: { pump: string; day: number }, mark: DayMark, computedAt: number, expiredBefore: number): PumpDay {
  const expired = mark.dropped || mark.oldestReceivedAt <= expiredBefore;
  return { pump: key.pump, day: key.day, changedAt: mark.changedAt, computedAt, expired };
}

/** Records of a sub-database by pump-day: those of a selection, by pump, then day. */
export function* pumpDays(
  store: Store,
  selection: DaySelection,
  snapshot: Snapshot,
): Iterable<{ pump: string; day: number; value: Uint8Array }> {
  const { pump: only, fromDay = -Infinity, toDay = Infinity } = selection;
  const prefix = only === undefined ? Buffer.from([0]) : dayPrefix(only);
  const from = only !== undefined && Number.isFinite(fromDay) ? dayRecordKey(prefix, fromDay) : prefix;
  const end = only === undefined ? Buffer.alloc(4, 0xff) : endOf(prefix);
  for (const { key, value } of store.entries(from, end, snapshot)) {
    const { pump, day } = parseDayRecordKey(key);
    if (day > toDay && only !== undefined) return;
    if (day >= fromDay && day <= toDay) yield { pump, day, value };
  }
}

function decodeMark(bytes: Uint8Array): DayMark {
  const view = Buffer.from(bytes);
  return { changedAt: view.readDoubleLE(0), oldestReceivedAt: view.readDoubleLE(8), dropped: view[16] === 1 };
}
