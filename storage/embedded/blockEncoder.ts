import { align, checksum, headerBytes, LAYOUT, MAX_BLOCK_ROWS, Page, POWERS, UNITS } from './block.ts';
import type { Columns } from './columns.ts';

/** Mantissas beyond this are not told from their neighbours safely; such a column is kept as doubles. */
const MAX_MANTISSA = 2 ** 50;
/** Rows looked at in one go while a block is filled; halved at the end, down to one. */
const STRIDE = 64;

/** Fields of a column's fit. */
const EXPONENT = 0;
const MIN = 1;
const MAX = 2;
const RAW = 3;
const FIT = 4;

/**
 * Packs rows into blocks of at most `limit` bytes (see block.ts for the layout). `fit` finds out how many
 * rows go into the next block, `write` makes it. A block of one row may be longer than a very small limit.
 */
export class BlockEncoder {
  readonly #columns: number;
  readonly #limit: number;
  readonly #page = new Page();
  /** Exponent, smallest and largest mantissa and rawness of each column; then those of time and receipt. */
  readonly #fit: Float64Array;
  readonly #before: Float64Array;
  readonly #timeFit: number;

  constructor(columns: number, limit: number) {
    this.#columns = columns;
    this.#limit = limit;
    this.#timeFit = columns * FIT;
    this.#fit = new Float64Array(this.#timeFit + 5);
    this.#before = new Float64Array(this.#fit.length);
  }

  /** How many of the rows from `from` to `to - 1` fit into one block; at least one. */
  fit(rows: Columns, from: number, to: number): number {
    const fit = this.#fit;
    this.#start(rows, from);
    const end = Math.min(to, from + MAX_BLOCK_ROWS);
    let taken = from;
    let stride = STRIDE;
    while (taken < end) {
      const next = Math.min(end, taken + stride);
      this.#before.set(fit);
      this.#include(rows, from, taken, next);
      if (next - from === 1 || this.#size(next - from) <= this.#limit) {
        taken = next;
      } else {
        fit.set(this.#before);
        if (stride === 1) break;
        stride >>>= 1;
      }
    }
    return taken - from;
  }

  /** The block of the `count` rows that `fit` has just counted. Holds until the next call: put it at once. */
  write(rows: Columns, from: number, count: number): Uint8Array {
    const page = this.#page;
    const { u8, u16, f64 } = page;
    const fit = this.#fit;
    const columns = this.#columns;
    const [unit, , runs, oldest, newest] = fit.subarray(this.#timeFit);
    const to = from + count;
    const length = this.#size(count);
    u8.fill(0, 0, length);
    u8[0] = LAYOUT;
    u8[1] = columns;
    u16[1] = count;
    u16[2] = runs;
    u16[3] = length;
    u8[12] = unit;
    u8[13] = this.#timeWidth();
    u8[14] = widthOf(newest - oldest);
    f64[2] = rows.time[from];
    f64[3] = rows.time[to - 1];
    f64[4] = oldest;
    f64[5] = newest;
    let offset = this.#writeTimes(rows, from, to);
    for (let c = 0; c < columns; c++) {
      f64[6 + c] = fit[c * FIT + MIN];
      u8[48 + 8 * columns + c] = fit[c * FIT + EXPONENT];
      const width = this.#columnWidth(c);
      u8[48 + 9 * columns + c] = width;
      offset = align(offset, width);
      this.#writeColumn({ values: rows.values[c], from, to, column: c, width, offset });
      offset += count * width;
    }
    this.#writeReceipts(rows.receivedAt, from, to, offset);
    page.u32[2] = checksum(page, length);
    return u8.subarray(0, length);
  }

  #start(rows: Columns, from: number): void {
    const fit = this.#fit;
    for (let c = 0; c < this.#columns; c++) {
      fit[c * FIT + EXPONENT] = 0;
      fit[c * FIT + MIN] = Infinity;
      fit[c * FIT + MAX] = -Infinity;
      fit[c * FIT + RAW] = 0;
    }
    const receivedAt = rows.receivedAt[from];
    fit.set([0, 0, 0, receivedAt, receivedAt], this.#timeFit);
  }

  #include(rows: Columns, first: number, from: number, to: number): void {
    for (let c = 0; c < this.#columns; c++) this.#includeColumn(rows.values[c], from, to, c * FIT);
    this.#includeTimes(rows.time, first, from, to);
    this.#includeReceipts(rows.receivedAt, first, from, to);
  }

  #includeColumn(values: Float64Array, from: number, to: number, at: number): void {
    const fit = this.#fit;
    if (fit[at + RAW] === 1) return;
    let exponent = fit[at + EXPONENT];
    let power = POWERS[exponent];
    let min = fit[at + MIN];
    let max = fit[at + MAX];
    for (let i = from; i < to; i++) {
      const value = values[i];
      let mantissa = Math.round(value * power);
      while (mantissa / power !== value && exponent < POWERS.length - 1 && Math.abs(mantissa) <= MAX_MANTISSA) {
        exponent++;
        power = POWERS[exponent];
        mantissa = Math.round(value * power);
        min *= 10;
        max *= 10;
      }
      if (mantissa < min) min = mantissa;
      if (mantissa > max) max = mantissa;
      // Written so that NaN is refused too. A mantissa of 0 can't tell -0.
      const exact = mantissa / power === value && (mantissa !== 0 || 1 / value === Infinity);
      if (!exact || !(min >= -MAX_MANTISSA && max <= MAX_MANTISSA)) {
        fit[at + RAW] = 1;
        return;
      }
    }
    fit[at + EXPONENT] = exponent;
    fit[at + MIN] = min;
    fit[at + MAX] = max;
  }

  #includeTimes(time: Float64Array, first: number, from: number, to: number): void {
    const fit = this.#fit;
    let unit = fit[this.#timeFit];
    let ms = UNITS[unit];
    const start = time[first];
    for (let i = from; i < to; i++) {
      while (!Number.isInteger((time[i] - start) / ms) && unit < UNITS.length - 1) {
        unit++;
        ms = UNITS[unit];
      }
    }
    fit[this.#timeFit] = unit;
    fit[this.#timeFit + 1] = time[to - 1] - start;
  }

  #includeReceipts(receivedAt: Float64Array, first: number, from: number, to: number): void {
    const fit = this.#fit;
    const at = this.#timeFit;
    let runs = fit[at + 2];
    let previous = from === first ? NaN : receivedAt[from - 1];
    for (let i = from; i < to; i++) {
      const value = receivedAt[i];
      if (value === previous) continue;
      runs++;
      previous = value;
      if (value < fit[at + 3]) fit[at + 3] = value;
      if (value > fit[at + 4]) fit[at + 4] = value;
    }
    fit[at + 2] = runs;
  }

  #timeWidth(): number {
    const at = this.#timeFit;
    return widthOf(this.#fit[at + 1] / UNITS[this.#fit[at]]);
  }

  #columnWidth(column: number): number {
    const at = column * FIT;
    return this.#fit[at + RAW] === 1 ? 8 : widthOf(this.#fit[at + MAX] - this.#fit[at + MIN]);
  }

  #size(rows: number): number {
    const [, , runs, oldest, newest] = this.#fit.subarray(this.#timeFit);
    const timeWidth = this.#timeWidth();
    let size = align(headerBytes(this.#columns), timeWidth) + rows * timeWidth;
    for (let c = 0; c < this.#columns; c++) {
      const width = this.#columnWidth(c);
      size = align(size, width) + rows * width;
    }
    const receiptWidth = widthOf(newest - oldest);
    size = align(size, receiptWidth) + runs * receiptWidth;
    return runs === 1 || runs === rows ? size : align(size, 2) + runs * 2;
  }

  #writeTimes(rows: Columns, from: number, to: number): number {
    const unit = UNITS[this.#fit[this.#timeFit]];
    const width = this.#timeWidth();
    const out = this.#view(width);
    const start = rows.time[from];
    const offset = align(headerBytes(this.#columns), width);
    const first = width === 0 ? 0 : offset / width;
    if (out) for (let i = from; i < to; i++) out[first + i - from] = (rows.time[i] - start) / unit;
    return offset + (to - from) * width;
  }

  #writeColumn(column: ColumnToWrite): void {
    const { values, from, to, width, offset } = column;
    if (width === 0) return;
    const { u8, u16, u32, f64 } = this.#page;
    const first = offset / width;
    const power = POWERS[this.#fit[column.column * FIT + EXPONENT]];
    const min = this.#fit[column.column * FIT + MIN];
    const count = to - from;
    // One loop a width: a view chosen at run time would make each of its stores a slow one.
    if (width === 1) for (let i = 0; i < count; i++) u8[first + i] = Math.round(values[from + i] * power) - min;
    else if (width === 2) for (let i = 0; i < count; i++) u16[first + i] = Math.round(values[from + i] * power) - min;
    else if (width === 4) for (let i = 0; i < count; i++) u32[first + i] = Math.round(values[from + i] * power) - min;
    else f64.set(values.subarray(from, to), first);
  }

  #writeReceipts(receivedAt: Float64Array, from: number, to: number, end: number): void {
    const [, , runs, oldest, newest] = this.#fit.subarray(this.#timeFit);
    if (runs === 1) return;
    const width = widthOf(newest - oldest);
    const offset = align(end, width);
    const deltas = this.#view(width);
    const lengths = align(offset + runs * width, 2) >>> 1;
    let run = -1;
    let start = from;
    for (let i = from; i < to; i++) {
      if (i > from && receivedAt[i] === receivedAt[i - 1]) continue;
      if (run >= 0 && runs !== to - from) this.#page.u16[lengths + run] = i - start;
      run++;
      start = i;
      if (deltas) deltas[offset / width + run] = receivedAt[i] - oldest;
    }
    if (runs !== to - from) this.#page.u16[lengths + run] = to - start;
  }

  #view(width: number): Uint8Array | Uint16Array | Uint32Array | Float64Array | undefined {
    const { u8, u16, u32, f64 } = this.#page;
    return width === 0 ? undefined : width === 1 ? u8 : width === 2 ? u16 : width === 4 ? u32 : f64;
  }
}

interface ColumnToWrite {
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly width: number;
  readonly offset: number;
}

/** The smallest width that holds the integers from 0 to `range`. */
function widthOf(range: number): number {
  if (range === 0) return 0;
  if (range < 0x100) return 1;
  if (range < 0x1_0000) return 2;
  return range < 0x1_0000_0000 ? 4 : 8;
}
