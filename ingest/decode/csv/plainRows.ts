import { MAX_PUMP_ID } from '../../../domain/pump/pumpId.ts';
import type { Receipt } from '../../../domain/reading/receipt.ts';
import { UNKNOWN } from '../../../domain/reading/measures.ts';
import type { ReadingsBuffer } from '../../../domain/reading/readings.ts';
import { DAY_MS, dayNumber, isDate } from '../../../domain/reading/wallClock.ts';
import { isNoValue } from './fields.ts';
import { PumpIds } from './pumpIds.ts';
import type { Cursor } from './csvState.ts';

// The same as in ascii.ts: constants of this module are compiled in, imported ones are loaded for each byte (a fifth slower).
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
/** `byte ^ ZERO` is below 10 for a digit, and for nothing else. */
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

/** Where in the bytes a field stands, its comma included; length 0 when there is none. */
interface LastField {
  from: number;
  length: number;
}

/**
 * The plain way: one pass over the bytes, straight into the columns. It takes lines that are plainly
 * well-formed and stops before the first that is not, which may be right or wrong for all it knows:
 * quotes, spaces, other characters than ASCII, exponents, milliseconds, long numbers, times too far ahead. What it does
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
  #clears = 0;
  /** Pump id and date that were read last: they mostly come again. */
  readonly #lastPump: LastField = { from: 0, length: 0 };
  readonly #lastDay: LastField = { from: 0, length: 0 };
  #pump = 0;
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

  /**
   * Takes one line that ends at `to`, where an LF must stand, or with an LF before it. Says false and takes nothing when
   * the line is not plain or ends sooner. For messages of one line: it needs no cursor, and it remembers pump and date
   * of the message before.
   */
  takeOne(bytes: Uint8Array, from: number, to: number, { receivedAt, latest }: Receipt): boolean {
    const into = this.#into;
    const row = into.length;
    if (bytes !== this.#bytes) this.#forgetLast(bytes);
    this.#at = from;
    if (!this.#head()) return false;
    const clock = this.#clock();
    const time = this.#midnight + clock;
    if (clock < 0 || (latest && time > latest.time) || !this.#measures(row) || (this.#at !== to + 1 && this.#at !== to)) return false;
    into.pump[row] = this.#pump;
    into.time[row] = time;
    into.receivedAt[row] = receivedAt;
    into.origins.line[row] = 1;
    into.length = row + 1;
    return true;
  }

  /** How often the columns had been cleared when `clear` was called last. */
  get clears(): number {
    return this.#clears;
  }

  /** Forgets the pump ids, because the columns have: they have been cleared so often. */
  clear(clears: number): void {
    this.#clears = clears;
    this.#ids.clear();
    this.#forgetLast(this.#bytes);
  }

  /** What was read last stood in other bytes. */
  #forgetLast(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#lastPump.length = 0;
    this.#lastDay.length = 0;
  }

  /** Gives the position of the first line that was not taken. */
  #takeLines(cursor: Cursor, bytes: Uint8Array, { from, end }: { from: number; end: number }): number {
    const into = this.#into;
    const { pump, time, receivedAt, origins: { line } } = into;
    const latest = cursor.latest?.time ?? Infinity;
    this.#forgetLast(bytes);
    let at = from;
    let row = into.length;
    while (at < end && row < this.#limit) {
      const start = at;
      if (bytes[at] === LF) at++;
      else {
        this.#at = at;
        if (!this.#head()) return start;
        const clock = this.#clock();
        const wallTime = this.#midnight + clock;
        if (clock < 0 || wallTime > latest || !this.#measures(row)) return start;
        pump[row] = this.#pump;
        time[row] = wallTime;
        receivedAt[row] = cursor.receivedAt;
        line[row] = cursor.line + 1;
        into.length = ++row;
        at = this.#at;
      }
      cursor.line++;
    }
    return at;
  }

  /** Reads pump id and date with their commas into `#pump` and `#midnight`; false when they are not plain. */
  #head(): boolean {
    return (this.#skipSame(this.#lastPump) || this.#followPump() || this.#readPump()) && (this.#skipSame(this.#lastDay) || this.#readDay());
  }

  /** Skips a field that is the same as in the last line, and its comma. The same bytes hold no LF, so it stays in the line. */
  #skipSame({ from, length }: LastField): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    if (length === 0) return false;
    for (let i = length - 1; i >= 0; i--) if (bytes[at + i] !== bytes[from + i]) return false;
    this.#at = at + length;
    return true;
  }

  #followPump(): boolean {
    const length = this.#ids.follow(this.#bytes, this.#at);
    if (length === 0) return false;
    this.#pump = this.#ids.lastNumber;
    this.#rememberPump(this.#at, length);
    this.#at += length + 1;
    return true;
  }

  #rememberPump(from: number, length: number): void {
    this.#lastPump.from = from;
    this.#lastPump.length = length + 1;
  }

  #readPump(): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let hash = HASH_START;
    for (let byte = bytes[at]; byte !== COMMA; byte = bytes[++at]) {
      if (byte <= SPACE || byte >= DELETE || byte === SLASH || byte === QUOTE) return false;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    hash = (hash ^ (hash >>> 15)) & 0x3fffffff;
    const length = at - from;
    if (length === 0 || length > MAX_PUMP_ID) return false;
    this.#at = at + 1;
    this.#rememberPump(from, length);
    const known = this.#ids.find(bytes, { from, length, hash });
    this.#pump = known >= 0 ? known : this.#newPump(bytes.subarray(from, at), hash);
    return true;
  }

  #newPump(id: Uint8Array, hash: number): number {
    const { pumps } = this.#into;
    const number = pumps.numberOf(String.fromCharCode(...id));
    this.#ids.add(id, hash, number);
    if (pumps.names.length >= this.#maxNames) this.#limit = 0;
    return number;
  }

  /** Reads a date and its comma into `#midnight`. */
  #readDay(): boolean {
    const from = this.#at;
    const first = this.#digits(4);
    const length = this.#at - from;
    const separator = this.#bytes[this.#at++];
    let year = first;
    let month = first;
    let day: number;
    if (separator === SLASH && length <= 2) {
      day = this.#digits(2);
      if (day < 0 || this.#bytes[this.#at++] !== SLASH) return false;
      const yearFrom = this.#at;
      year = this.#digits(4);
      const yearLength = this.#at - yearFrom;
      if (yearLength === 2) year += 2000;
      else if (yearLength !== 4) return false;
    } else if (separator === MINUS && length === 4) {
      month = this.#pair();
      if (month < 0 || this.#bytes[this.#at++] !== MINUS) return false;
      day = this.#pair();
    } else return false;
    if (!isDate(year, month, day) || this.#bytes[this.#at++] !== COMMA) return false;
    this.#lastDay.from = from;
    this.#lastDay.length = this.#at - from;
    this.#midnight = dayNumber(year, month, day) * DAY_MS;
    return true;
  }

  /** Reads a time of day and its comma; gives milliseconds since midnight, or -1. */
  #clock(): number {
    const hour = this.#digits(2);
    if (hour < 0 || hour > 23 || this.#bytes[this.#at++] !== COLON) return -1;
    const minute = this.#pair();
    if (minute < 0 || minute > 59) return -1;
    let second = 0;
    let next = this.#bytes[this.#at++];
    if (next === COLON) {
      second = this.#pair();
      if (second < 0 || second > 59) return -1;
      next = this.#bytes[this.#at++];
    }
    return next === COMMA ? hour * 3_600_000 + minute * 60_000 + second * 1000 : -1;
  }

  /**
   * Reads a number for each measure, or nothing where one is missing, and the end of the line, into a row; each becomes the
   * double that Number(text) gives.
   */
  #measures(row: number): boolean {
    const { values, origins } = this.#into;
    const bytes = this.#bytes;
    let at = this.#at;
    let missing = 0;
    for (let measure = 0; measure < values.length; measure++) {
      const start = at;
      let byte = bytes[at];
      const negative = byte === MINUS;
      if (negative || byte === PLUS) byte = bytes[++at];
      const from = at;
      let mantissa = 0;
      for (; (byte ^ ZERO) < 10; byte = bytes[++at]) mantissa = mantissa * 10 + (byte - ZERO);
      let digits = at - from;
      let decimals = 0;
      if (byte === DOT) {
        const point = ++at;
        for (byte = bytes[at]; (byte ^ ZERO) < 10; byte = bytes[++at]) mantissa = mantissa * 10 + (byte - ZERO);
        decimals = at - point;
        digits += decimals;
      }
      let value = mantissa / POWERS_OF_TEN[decimals];
      if (negative) value = -value;
      if (digits === 0 || digits > MAX_DIGITS || (negative && isNoValue(value))) {
        if (digits > MAX_DIGITS || (digits === 0 && at !== start)) return false;
        value = UNKNOWN; // an empty field
        origins.whole = false;
        if (++missing === values.length) return false;
      }
      values[measure][row] = value;
      at++;
      if (byte !== (measure === values.length - 1 ? LF : COMMA)) {
        if (byte !== CR || measure !== values.length - 1 || bytes[at++] !== LF) return false;
      }
    }
    this.#at = at;
    return true;
  }

  /** Reads up to `most` digits; gives their number, or -1 when there is none. */
  #digits(most: number): number {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    let number = 0;
    for (let byte = bytes[at]; at - from < most && (byte ^ ZERO) < 10; byte = bytes[++at]) number = number * 10 + (byte - ZERO);
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
