import { crc32, inflateRawSync } from 'node:zlib';
import type { KeptAlarmDay } from '../table/alarmDays.ts';
import { asBuffer } from './asBuffer.ts';
import { pumpDays } from './days.ts';
import type { Snapshot, Store } from './environment.ts';
import { dayPrefix, dayRecordKey } from './keys.ts';

/**
 * What is kept of the alarms of a pump-day:
 *
 *   0  u8   7, with which nothing that is deflated begins: the first layout is a text, deflated
 *   1  u32  CRC-32 of what follows
 *   5  …    bytes that mean something to who keeps them
 */
const MARK = 7;
const HEAD_BYTES = 5;

/** What is kept of the alarms of pump-days. */
export class AlarmDays {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Of a pump, in order of days; without records that are damaged, which a check of the table tells of. */
  of(pump: string, snapshot: Snapshot): Map<number, Uint8Array> {
    const kept = new Map<number, Uint8Array>();
    for (const { day, value } of pumpDays(this.#store, { pump }, snapshot)) {
      const bytes = bytesOf(asBuffer(value));
      if (bytes) kept.set(day, bytes);
    }
    return kept;
  }

  /** Only within a transaction. */
  put({ pump, day, bytes }: KeptAlarmDay): void {
    const record = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
    record[0] = MARK;
    record.writeUInt32LE(crc32(bytes), 1);
    record.set(bytes, HEAD_BYTES);
    this.#store.put(dayRecordKey(dayPrefix(pump), day), record);
  }
}

/** What is wrong with a record, or undefined. */
export function alarmDayProblem(value: Uint8Array): string | undefined {
  return bytesOf(asBuffer(value)) ? undefined : 'the check sum does not fit';
}

/** A copy: the record is gone with its snapshot. Undefined for one that is damaged. */
function bytesOf(record: Buffer): Uint8Array | undefined {
  if (record[0] !== MARK) return inflateRawSync(record);
  const bytes = record.subarray(HEAD_BYTES);
  return record.length >= HEAD_BYTES && crc32(bytes) === record.readUInt32LE(1) ? Uint8Array.prototype.slice.call(bytes) : undefined;
}
