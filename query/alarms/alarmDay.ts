import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Alarm } from '../../domain/alarm/fold/alarm.ts';
import type { PumpState } from '../../domain/alarm/fold/pumpFold.ts';
import type { Heard } from '../../domain/alarm/fold/silence.ts';
import { offsetsOf, receiptsOf } from './hourReceipts.ts';

/** The last reading of a day: its wall time, and when it came. */
export interface LastReading {
  readonly time: number;
  readonly receivedAt: number;
}

/** What is remembered of a day of a pump. */
export interface AlarmDay {
  /** The state of the pump-day that it follows from. */
  readonly changedAt: number;
  /** A digest of the rules that it was judged by. */
  readonly rules: string;
  /** Digests of the state before it and after it. */
  readonly before: string;
  readonly after: string;
  /** The state after it; only of some days. */
  readonly state: PumpState | undefined;
  /** What ended within it, by rule in order of time. */
  readonly ended: readonly Alarm[];
  /** When the first reading of each of its hours came, ms since 1970-01-01T00:00Z, Infinity for one without. */
  readonly firstReceipts: readonly number[];
  /** The last of its readings that came in time, by what `in time` is. */
  readonly timely: ReadonlyMap<number, Heard>;
  /** Undefined for a day all of whose readings were taken back. */
  readonly last: LastReading | undefined;
}

export const HOURS = 24;

/**
 * A day as it is kept:
 *
 *   0    u8   2, the layout; the first one is JSON
 *   1    f64  step that last changed it
 *   9    f64  wall time of the last reading, NaN without one
 *   17   f64  when that came
 *   25   f64  when the first reading of all came, Infinity without one
 *   33   u32  when each hour's first reading came, 24 times, as hourReceipts.ts packs it
 *   129  u32  bytes of the rest
 *   133  …    the rest as JSON: digests, alarms, what was heard in time, and receipts that are too far apart to be packed
 *        …    the state after it as JSON, deflated: months of medians repeat themselves; nothing without one
 */
const LAYOUT = 2;
const [NUMBERS_AT, HOURS_AT] = [1, 33];
const REST_BYTES_AT = HOURS_AT + 4 * HOURS;
const HEAD_BYTES = REST_BYTES_AT + 4;
/** More work would save half as much. */
const LEVEL = 6;
/** Bytes are taken out so many at a time: most states are shorter, and by default each would take 16 kB of memory. */
const CHUNK = 2048;

type Rest = readonly [
  rules: string, before: string, after: string, ended: readonly Alarm[], timely: readonly (readonly [number, Heard])[],
  far?: readonly (number | null)[],
];

/** A day as it is kept. */
export function bytesOfDay({ changedAt, rules, before, after, state, ended, firstReceipts, timely, last }: AlarmDay): Uint8Array {
  const offsets = offsetsOf(firstReceipts);
  const plain: Rest = [rules, before, after, ended, [...timely]];
  const rest = Buffer.from(JSON.stringify(offsets ? plain : [...plain, firstReceipts])); // JSON says null for Infinity
  const packed = state === undefined ? Buffer.alloc(0) : packedState(state);
  const bytes = Buffer.alloc(HEAD_BYTES + rest.length + packed.length);
  bytes[0] = LAYOUT;
  const numbers = [changedAt, last?.time ?? NaN, last?.receivedAt ?? NaN, Math.min(...firstReceipts)];
  numbers.forEach((number, i) => bytes.writeDoubleLE(number, NUMBERS_AT + 8 * i));
  offsets?.forEach((ms, hour) => bytes.writeUInt32LE(ms, HOURS_AT + 4 * hour));
  bytes.writeUInt32LE(rest.length, REST_BYTES_AT);
  bytes.set(rest, HEAD_BYTES);
  bytes.set(packed, HEAD_BYTES + rest.length);
  return bytes;
}

/** A day that was kept, where it is asked for with its state; undefined when another version wrote it: then it is found again. */
export function dayOfBytes(kept: Uint8Array, { withState }: { readonly withState: boolean }): AlarmDay | undefined {
  const bytes = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
  if (bytes[0] !== LAYOUT) return undefined;
  const restEnd = HEAD_BYTES + bytes.readUInt32LE(REST_BYTES_AT);
  const [rules, before, after, ended, timely, far] = JSON.parse(bytes.toString('utf8', HEAD_BYTES, restEnd)) as Rest;
  const [changedAt, time, receivedAt, first] = Array.from({ length: 4 }, (_, i) => bytes.readDoubleLE(NUMBERS_AT + 8 * i));
  const offsets = Uint32Array.from({ length: HOURS }, (_, hour) => bytes.readUInt32LE(HOURS_AT + 4 * hour));
  return {
    changedAt, rules, before, after,
    state: withState && restEnd < bytes.length ? unpackedState(bytes.subarray(restEnd)) : undefined,
    ended: ended.length === 0 ? NO_ALARMS : ended,
    firstReceipts: far ? far.map((at) => at ?? Infinity) : receiptsOf(first, offsets),
    timely: timely.length === 0 ? NOT_HEARD : new Map(timely),
    last: Number.isNaN(time) ? undefined : { time, receivedAt },
  };
}

/** A state in as little room as there is. */
export function packedState(state: PumpState): Uint8Array {
  return new Uint8Array(deflateRawSync(JSON.stringify(state), { level: LEVEL })); // a copy: what zlib gives holds 16 kB
}

export function unpackedState(packed: Uint8Array): PumpState {
  return JSON.parse(inflateRawSync(packed, { chunkSize: CHUNK }).toString()) as PumpState;
}

/** Most days have none of these. */
export const NO_ALARMS: readonly Alarm[] = [];
export const NOT_HEARD: ReadonlyMap<number, Heard> = new Map();

/** What tells one state from others. */
export function digestOf(state: PumpState): string {
  return digestOfText(JSON.stringify(state));
}

export function digestOfText(text: string): string {
  return createHash('sha1').update(text).digest('base64').slice(0, 16);
}
