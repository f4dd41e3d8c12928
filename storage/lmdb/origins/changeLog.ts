import { endOf, type Snapshot, type Store } from '../environment.ts';
import { blockKey, readingSeries, timeOfKey } from '../keys.ts';

/*
 * Values that were replaced: a record for each pump, time and step that replaced some, little-endian.
 *
 *   key    pump u32 BE | time u64 BE | receipt of the row that replaced, u64 BE
 *   value  for each cell  0 u8 column | 1 f64 the value that went | 9 f64 its receipt | 17 u32 source and 21 u32 line of the row
 */
const ENTRY = 25;
const RECORDS_A_PIECE = 2000;

/** A value that was replaced. */
export interface ReplacedValue {
  readonly time: number;
  readonly column: number;
  readonly value: number;
  /** When it had been received. */
  readonly receivedAt: number;
  /** The row that replaced it: its receipt, its source's number and its line. */
  readonly by: { readonly receipt: number; readonly source: number; readonly line: number };
}

/** Values that were replaced, of all pumps. */
export class ChangeLog {
  readonly #store: Store;
  #next: Uint8Array = Buffer.from([0]);

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a change; only within a transaction. */
  add(pump: number, { time, column, value, receivedAt, by }: ReplacedValue): void {
    const key = blockKey(blockKey(readingSeries(pump), time), by.receipt);
    const before = this.#store.get(key) ?? new Uint8Array(0);
    const entry = Buffer.alloc(ENTRY);
    entry.writeUInt8(column);
    entry.writeDoubleLE(value, 1);
    entry.writeDoubleLE(receivedAt, 9);
    entry.writeUInt32LE(by.source, 17);
    entry.writeUInt32LE(by.line, 21);
    this.#store.put(key, Buffer.concat([before, entry]));
  }

  /** What was replaced at a time of a pump, in the order in which it went. */
  *at(pump: number, time: number, snapshot?: Snapshot): Iterable<ReplacedValue> {
    const prefix = blockKey(readingSeries(pump), time);
    for (const { key, value } of this.#store.entries(prefix, endOf(prefix), snapshot)) {
      const receipt = receiptOf(key);
      const bytes = Buffer.from(value);
      for (let at = 0; at < bytes.length; at += ENTRY) {
        yield {
          time, column: bytes.readUInt8(at), value: bytes.readDoubleLE(at + 1), receivedAt: bytes.readDoubleLE(at + 9),
          by: { receipt, source: bytes.readUInt32LE(at + 17), line: bytes.readUInt32LE(at + 21) },
        };
      }
    }
  }

  /** Forgets what was replaced at a time of a pump; only within a transaction. */
  forget(pump: number, time: number): void {
    const prefix = blockKey(readingSeries(pump), time);
    for (const { key } of [...this.#store.entries(prefix, endOf(prefix))]) this.#store.remove(key);
  }

  /** Removes what rows replaced that have expired, a bounded piece of the work; says whether more is left of this round. */
  expire(expiredBefore: number): boolean {
    let looked = 0;
    const gone: Uint8Array[] = [];
    for (const { key } of this.#store.entries(this.#next, Buffer.alloc(24, 0xff))) {
      if (looked === RECORDS_A_PIECE) break;
      looked++;
      this.#next = Buffer.concat([key, Buffer.from([0])]);
      if (receiptOf(key) <= expiredBefore) gone.push(Buffer.from(key));
    }
    for (const key of gone) this.#store.remove(key);
    if (looked === RECORDS_A_PIECE) return true;
    this.restart();
    return false;
  }

  /** The next piece is the first again. */
  restart(): void {
    this.#next = Buffer.from([0]);
  }
}

function receiptOf(key: Uint8Array): number {
  return timeOfKey(key);
}
