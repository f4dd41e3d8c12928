import type { ReadingsBuffer } from '../../domain/readings.ts';
import { DAY_MS, dayNumber, isDate } from '../../domain/wallClock.ts';
import { MAX_PUMP_ID } from './fields.ts';
import { PumpIds } from './pumpIds.ts';
import type { Cursor } from './piece.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const DELETE = 127;

/** A mantissa of this many digits is below 2^53, so that it and a power of ten up to 10^22 are exact and their quotient is rounded once. */
const MAX_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: MAX_DIGITS + 1 }, (_, power) => 10 ** power);
/** A last line without an end that is longer than this is left to the general way. */
const MAX_TAIL = 512;
const HASH_START = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/** Position after the last LF of `bytes[from, to)`, or `from`. */
export function afterLastLine(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] !== LF) end--;
  return end;
}

/**
 * The plain way: one pass over the bytes, straight into the columns. It takes lines that are plainly
 * well-formed and stops before the first that is not, which may be right or wrong for all it knows:
 * quotes, spaces, other characters than ASCII, exponents, milliseconds, long numbers. What it does
 * take, it takes exactly as the general way would.
 *
 * A line's scan can't leave the line: every loop stops at an LF, and no line without one is begun.
 */
export class PlainRows {
  readonly #into: ReadingsBuffer;
  readonly #ids = new PumpIds();
  readonly #tail = Buffer.alloc(MAX_TAIL + 1);
  readonly #maxNames: number;
  #bytes: Uint8Array = this.#tail;
  #at = 0;
  /** Row at which to stop. */
  #limit = 0;
  /** The last id's place in `#bytes`: it mostly comes again. */
  #idFrom = 0;
  #idLength = 0;
  #idNumber = 0;
  /** The last date and its beginning. */
  #date = -1;
  #midnight = 0;

  /** Stops after the row with which `into` has `maxNames` pump ids. */
  constructor(into: ReadingsBuffer, maxNames: number) {
    this.#into = into;
    this.#maxNames = maxNames;
  }

  /** Takes at most `room` lines from the cursor on and moves it behind them. `end` is where the last whole line ends. */
  take(cursor: Cursor, end: number, room: number): void {
    this.#limit = this.#into.length + room;
    if (cursor.at < end) cursor.at = this.#takeLines(cursor, cursor.bytes, { from: cursor.at, end });
    const left = cursor.to - cursor.at;
    if (cursor.at < end || !cursor.final || left === 0 || left > MAX_TAIL) return;
    cursor.bytes.copy(this.#tail, 0, cursor.at, cursor.to);
    this.#tail[left] = LF;
    const { line } = cursor;
    if (this.#takeLines(cursor, this.#tail, { from: 0, end: left + 1 }) > 0) cursor.at = cursor.to;
    cursor.line = line; // the LF is none of the source's
  }

  /** Forgets the pump ids, because the columns have. */
  clear(): void {
    this.#ids.clear();
  }

  /** Gives the position of the first line that was not taken. */
  #takeLines(cursor: Cursor, bytes: Uint8Array, { from, end }: { from: number; end: number }): number {
    const into = this.#into;
    const { receivedAt } = cursor;
    this.#bytes = bytes;
    this.#at = from;
    this.#idLength = 0;
    for (let row = into.length; ;) {
      const start = this.#at;
      if (start >= end || row >= this.#limit) return start;
      if (bytes[start] === LF) {
        this.#at = start + 1;
        cursor.line++;
        continue;
      }
      const pump = this.#pump();
      if (pump < 0) return start;
      const time = this.#time();
      if (time !== time || !this.#measures(row)) return start;
      into.pump[row] = pump;
      into.time[row] = time;
      into.receivedAt[row] = receivedAt;
      into.length = ++row;
      cursor.line++;
    }
  }

  /** Reads the pump id and its comma; gives its number, or -1. */
  #pump(): number {
    const bytes = this.#bytes;
    const from = this.#at;
    const length = this.#idLength;
    if (length > 0 && bytes[from + length] === COMMA && sameBytes(bytes, { from, other: this.#idFrom, length })) {
      this.#at = from + length + 1;
      return this.#idNumber;
    }
    let at = from;
    let hash = HASH_START;
    for (let byte = bytes[at]; byte !== COMMA; byte = bytes[++at]) {
      if (byte <= SPACE || byte >= DELETE || byte === SLASH || byte === QUOTE) return -1;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    hash = (hash ^ (hash >>> 15)) & 0x3fffffff;
    if (at === from || at - from > MAX_PUMP_ID) return -1;
    this.#at = at + 1;
    this.#idFrom = from;
    this.#idLength = at - from;
    const known = this.#ids.find(bytes, from, at - from, hash);
    this.#idNumber = known >= 0 ? known : this.#newPump(bytes.subarray(from, at), hash);
    return this.#idNumber;
  }

  #newPump(id: Uint8Array, hash: number): number {
    const { pumps } = this.#into;
    const number = pumps.numberOf(String.fromCharCode(...id));
    this.#ids.add(id, hash, number);
    if (pumps.names.length >= this.#maxNames) this.#limit = 0;
    return number;
  }

  /** Reads date and time with their commas; gives the wall time, or NaN. */
  #time(): number {
    const midnight = this.#day();
    if (midnight !== midnight || this.#bytes[this.#at++] !== COMMA) return NaN;
    const hour = this.#digits(2);
    if (hour < 0 || hour > 23 || this.#bytes[this.#at++] !== COLON) return NaN;
    const minute = this.#pair();
    if (minute < 0 || minute > 59) return NaN;
    let second = 0;
    let next = this.#bytes[this.#at++];
    if (next === COLON) {
      second = this.#pair();
      if (second < 0 || second > 59) return NaN;
      next = this.#bytes[this.#at++];
    }
    return next === COMMA ? midnight + hour * 3_600_000 + minute * 60_000 + second * 1000 : NaN;
  }

  /** Reads a date; gives the wall time of its beginning, or NaN. */
  #day(): number {
    const from = this.#at;
    const first = this.#digits(4);
    const length = this.#at - from;
    const separator = this.#bytes[this.#at++];
    let year = first;
    let month = first;
    let day: number;
    if (separator === SLASH && length <= 2) {
      day = this.#digits(2);
      if (day < 0 || this.#bytes[this.#at++] !== SLASH) return NaN;
      const yearFrom = this.#at;
      year = this.#digits(4);
      const yearLength = this.#at - yearFrom;
      if (yearLength === 2) year += 2000;
      else if (yearLength !== 4) return NaN;
    } else if (separator === MINUS && length === 4) {
      month = this.#pair();
      if (month < 0 || this.#bytes[this.#at++] !== MINUS) return NaN;
      day = this.#pair();
      if (day < 0) return NaN;
    } else return NaN;
    const date = (year * 100 + month) * 100 + day;
    if (date !== this.#date) {
      if (!isDate(year, month, day)) return NaN;
      this.#date = date;
      this.#midnight = dayNumber(year, month, day) * DAY_MS;
    }
    return this.#midnight;
  }

  /** Reads six numbers and the end of the line; false when something is not plain. */
  #measures(row: number): boolean {
    const { values } = this.#into;
    const bytes = this.#bytes;
    for (let measure = 0; ; measure++) {
      const value = this.#number();
      if (value !== value) return false;
      values[measure][row] = value;
      const next = bytes[this.#at++];
      if (measure < 5) {
        if (next !== COMMA) return false;
      } else return next === LF || (next === CR && bytes[this.#at++] === LF);
    }
  }

  /** Reads a number up to what follows it; gives the double that Number(text) would give, or NaN. */
  #number(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at];
    const negative = byte === MINUS;
    if (negative || byte === PLUS) byte = bytes[++at];
    const from = at;
    let mantissa = 0;
    while (byte >= ZERO && byte < COLON) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++at];
    }
    let digits = at - from;
    let decimals = 0;
    if (byte === DOT) {
      const point = at;
      byte = bytes[++at];
      while (byte >= ZERO && byte < COLON) {
        mantissa = mantissa * 10 + (byte - ZERO);
        byte = bytes[++at];
      }
      decimals = at - point - 1;
      digits += decimals;
    }
    if (digits === 0 || digits > MAX_DIGITS) return NaN;
    this.#at = at;
    const value = decimals === 0 ? mantissa : mantissa / POWERS_OF_TEN[decimals];
    return negative ? -value : value;
  }

  /** Reads up to `most` digits; gives their number, or -1 when there is none. */
  #digits(most: number): number {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let number = 0;
    for (let byte = bytes[at]; at - from < most && byte >= ZERO && byte < COLON; byte = bytes[++at]) number = number * 10 + (byte - ZERO);
    this.#at = at;
    return at === from ? -1 : number;
  }

  /** Reads exactly two digits; gives their number, or -1. */
  #pair(): number {
    const tens = this.#bytes[this.#at] - ZERO;
    const ones = this.#bytes[this.#at + 1] - ZERO;
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return -1;
    this.#at += 2;
    return tens * 10 + ones;
  }
}

function sameBytes(bytes: Uint8Array, { from, other, length }: { from: number; other: number; length: number }): boolean {
  for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[other + i]) return false;
  return true;
}
