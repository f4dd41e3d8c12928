import type { DaySelection, PumpDay } from '../../domain/day/pumpDay.ts';
import { asBuffer } from './asBuffer.ts';
import { endOf, type Snapshot, type Store } from './environment.ts';
import { dayOfKey, dayPrefix, dayRecordKey, parseDayRecordKey } from './keys.ts';

/**
 * The mark of a pump-day that has, or had, readings:
 *
 *   0   f64  number of the step that last changed it
 *   8   f64  time of receipt of the oldest row it ever held
 *   16  u8   1 when rows of it have expired and are gone
 *   17  f64  wall time of the latest row it ever held
 *   25  f64  number of the last step that changed it at that time or before
 *
 * The first layout ends at 17.
 */
export interface DayMark {
  readonly changedAt: number;
  readonly oldestReceivedAt: number;
  readonly dropped: boolean;
  /** Infinity where it is not known. */
  readonly latest: number;
  readonly disorderedAt: number;
}

/** The rows of a step that change a pump-day. */
export interface DayChange {
  /** Number of the step. */
  readonly at: number;
  /** When the oldest of their cells was received. */
  readonly receivedAt: number;
  /** Wall times of the first and the last. */
  readonly first: number;
  readonly last: number;
}

export const FIRST_MARK_BYTES = 17;
export const MARK_BYTES = 33;

/** The marks of pump-days. */
export class Days {
  readonly #store: Store;
  /** The pump that was asked for last, and what its keys begin with. */
  #pump: string | undefined;
  #prefix: Buffer = Buffer.alloc(0);

  constructor(store: Store) {
    this.#store = store;
  }

  get(pump: string, day: number, snapshot?: Snapshot): DayMark | undefined {
    return this.#read(this.#keyOf(pump, day), snapshot);
  }

  /** Marks a pump-day as changed by a step; only within a transaction. */
  markChanged(pump: string, day: number, { at, receivedAt, first, last }: DayChange): void {
    const key = this.#keyOf(pump, day);
    const before = this.#read(key);
    const latest = before?.latest ?? -Infinity;
    this.#put(key, {
      changedAt: at, oldestReceivedAt: Math.min(receivedAt, before?.oldestReceivedAt ?? Infinity), dropped: before?.dropped ?? false,
      latest: Math.max(latest, last), disorderedAt: first > latest ? (before?.disorderedAt ?? 0) : at,
    });
  }

  /** Notes that rows of a pump-day are gone; only within a transaction. */
  markDropped(pump: string, day: number): void {
    const key = this.#keyOf(pump, day);
    const before = this.#read(key);
    if (before && !before.dropped) this.#put(key, { ...before, dropped: true });
  }

  /** Marks by pump, then day. */
  *select(selection: DaySelection, snapshot: Snapshot): Iterable<{ pump: string; day: number; mark: DayMark }> {
    for (const { pump, day, value } of pumpDays(this.#store, selection, snapshot)) {
      yield { pump, day, mark: decodeMark(value) };
    }
  }

  /** The days of a pump come one after the other. */
  #keyOf(pump: string, day: number): Buffer {
    if (pump !== this.#pump) {
      this.#prefix = dayPrefix(pump);
      this.#pump = pump;
    }
    return dayRecordKey(this.#prefix, day);
  }

  #read(key: Uint8Array, snapshot?: Snapshot): DayMark | undefined {
    const bytes = this.#store.get(key, snapshot);
    return bytes && decodeMark(bytes);
  }

  #put(key: Uint8Array, mark: DayMark): void {
    const bytes = Buffer.allocUnsafe(MARK_BYTES);
    bytes.writeDoubleLE(mark.changedAt);
    bytes.writeDoubleLE(mark.oldestReceivedAt, 8);
    bytes[16] = mark.dropped ? 1 : 0;
    bytes.writeDoubleLE(mark.latest, 17);
    bytes.writeDoubleLE(mark.disorderedAt, 25);
    this.#store.put(key, bytes);
  }
}

/** A mark as the table shows it. Rows that have expired count as gone before they are removed: nobody sees them. */
export function pumpDay(key: { pump: string; day: number }, mark: DayMark, computedAt: number, expiredBefore: number): PumpDay {
  const expired = mark.dropped || mark.oldestReceivedAt <= expiredBefore;
  return { pump: key.pump, day: key.day, changedAt: mark.changedAt, computedAt, expired, disorderedAt: mark.disorderedAt };
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
    const day = dayOfKey(key);
    if (day > toDay && only !== undefined) return;
    if (day >= fromDay && day <= toDay) yield { pump: only ?? parseDayRecordKey(key).pump, day, value };
  }
}

function decodeMark(bytes: Uint8Array): DayMark {
  const view = asBuffer(bytes);
  const [changedAt, oldestReceivedAt, dropped] = [view.readDoubleLE(0), view.readDoubleLE(8), view[16] === 1];
  if (view.length < MARK_BYTES) return { changedAt, oldestReceivedAt, dropped, latest: Infinity, disorderedAt: changedAt };
  return { changedAt, oldestReceivedAt, dropped, latest: view.readDoubleLE(17), disorderedAt: view.readDoubleLE(25) };
}
