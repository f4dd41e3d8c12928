import type { TimeRange } from '../../domain/reading/selection.ts';
import { MAX_TIME, MIN_TIME } from '../../domain/reading/wallClock.ts';
import { asBuffer } from './asBuffer.ts';

/**
 * Keys whose bytes sort as what they stand for.
 *
 *   block of readings   pump u32 | first time u64
 *   block of alerts     pump u32 | rule u32 | first time u64
 *   pump-day            pump id in UTF-8 | 0 | day u32
 *   reject              sequence number u64
 *
 * All big-endian; times and days are shifted so that the year 0 is not negative. No pump id holds a 0.
 */
const TIME_BIAS = 2 ** 47;
const DAY_BIAS = 2 ** 20;
const WORD = 2 ** 32;

/** The series of a pump's readings. */
export function readingSeries(pump: number): Buffer {
  const key = Buffer.allocUnsafe(4);
  key.writeUInt32BE(pump);
  return key;
}

/** The series of a pump's alerts of one rule. */
export function alertSeries(pump: number, rule: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(pump);
  key.writeUInt32BE(rule, 4);
  return key;
}

/** The key of the block of a series that begins at a time. */
export function blockKey(series: Uint8Array, time: number): Buffer {
  const key = Buffer.allocUnsafe(series.length + 8);
  key.set(series);
  writeWide(key, time + TIME_BIAS, series.length);
  return key;
}

/** The time in a block's key. */
export function timeOfKey(key: Uint8Array): number {
  return readWide(key, key.length - 8) - TIME_BIAS;
}

/** A range of times with both its ends: by default all that a key can have. */
export function timeBounds({ from = MIN_TIME, to = MAX_TIME }: TimeRange): { from: number; to: number } {
  return { from, to };
}

/** The pump's number in a block's key. */
export function pumpOfKey(key: Uint8Array): number {
  return readWord(key, 0);
}

/** The rule's number in the key of a block of alerts. */
export function ruleOfKey(key: Uint8Array): number {
  return readWord(key, 4);
}

/** What the keys of a pump's days begin with. */
export function dayPrefix(pump: string): Buffer {
  return Buffer.from(`${pump}\0`);
}

/** The key of what is kept of a pump-day. */
export function dayRecordKey(prefix: Uint8Array, day: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + 4);
  key.set(prefix);
  key.writeUInt32BE(day + DAY_BIAS, prefix.length);
  return key;
}

/** The pump id and day number of a pump-day's key. */
export function parseDayRecordKey(key: Uint8Array): { pump: string; day: number } {
  return {
    pump: asBuffer(key).toString('utf8', 0, key.length - 5),
    day: dayOfKey(key),
  };
}

/** The day number of a pump-day's key. */
export function dayOfKey(key: Uint8Array): number {
  return readWord(key, key.length - 4) - DAY_BIAS;
}

/** The key of a sequence number. */
export function sequenceKey(sequence: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  writeWide(key, sequence, 0);
  return key;
}

/** The sequence number of a key. */
export function sequenceOfKey(key: Uint8Array): number {
  return readWide(key, 0);
}

function writeWide(key: Buffer, value: number, at: number): void {
  key.writeUInt32BE(Math.floor(value / WORD), at);
  key.writeUInt32BE(value % WORD, at + 4);
}

function readWide(key: Uint8Array, at: number): number {
  return readWord(key, at) * WORD + readWord(key, at + 4);
}

function readWord(key: Uint8Array, at: number): number {
  return key[at] * 0x100_0000 + (key[at + 1] << 16) + (key[at + 2] << 8) + key[at + 3];
}
