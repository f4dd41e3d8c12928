import { firstNotBefore } from '../../domain/search.ts';
import { CELLS_LAYOUT, groupsAt, headerBytes, LAYOUT, MAX_BLOCK_ROWS, statesAt, UNITS } from './block.ts';
import { CellColumn } from './cellColumn.ts';
import { ALL_THERE, NONE_THERE, presenceBytes, SOME_THERE, writePresence } from './cellSection.ts';
import type { Columns } from './columns.ts';
import { DecimalColumn, widthOf } from './decimalColumn.ts';
import { align, checksum, Page } from './page.ts';
import { ReceiptColumn } from './receiptColumn.ts';

/** Rows looked at in one go while a block is filled; halved at the end, down to one. */
const STRIDE = 64;
/** So many more than the last block had are looked at in the first go: mostly the next has nearly as many. */
const MORE_THAN_LAST = 8;

/**
 * Packs rows into blocks of at most `limit` bytes (see block.ts for the layout). `fit` finds out how many
 * rows go into the next block, `write` makes it. A block of one row may be longer than a very small limit.
 */
export class BlockEncoder {
  readonly #limit: number;
  readonly #page = new Page();
  readonly #columns: readonly DecimalColumn[];
  readonly #receipt = new ReceiptColumn();
  readonly #cells: CellColumn;
  /** Index of the unit of time, and ms from the first row to the last. */
  #unit = 0;
  #span = 0;
  readonly #saved = { unit: 0, span: 0 };
  /** Rows of the last block that was full. */
  #last = 0;

  constructor(columns: number, limit: number) {
    this.#limit = limit;
    this.#columns = Array.from({ length: columns }, () => new DecimalColumn());
    this.#cells = new CellColumn(columns);
  }

  /** How many of the rows from `from` to `to - 1` fit into one block; at least one. */
  fit(rows: Columns, from: number, to: number): number {
    this.#start(rows, from);
    const end = Math.min(to, from + MAX_BLOCK_ROWS);
    let taken = from;
    for (let stride = Math.max(STRIDE, this.#last + MORE_THAN_LAST); taken < end && stride > 0;) {
      const next = Math.min(end, taken + stride);
      this.#save();
      this.#include(rows, from, taken, next);
      if (next - from === 1 || this.#size(next - from) <= this.#limit) {
        taken = next;
        stride = Math.min(stride, STRIDE);
        continue;
      }
      const fitting = this.#fitting(taken - from, next - from);
      if (fitting > taken - from && fitting >= next - from - STRIDE) return this.#cutTo(rows, from, fitting);
      // One of these rows made a column wider; those before it may still fit.
      this.#restore();
      stride = Math.min(STRIDE, stride >>> 1);
    }
    return taken - from;
  }

  /** The block of the `count` rows that `fit` has just counted. Holds until the next call: put it at once. */
  write(rows: Columns, from: number, count: number): Uint8Array {
    const page = this.#page;
    const { u8, u16, f64 } = page;
    const columns = this.#columns.length;
    this.#recountCells(rows, from, count);
    const layout = this.#layout;
    const length = this.#size(count);
    u8.fill(0, 0, length);
    u8[4] = layout;
    u8[5] = columns;
    u16[3] = count;
    u16[4] = this.#receipt.runs(count);
    u16[5] = length;
    u8[12] = this.#unit;
    u8[13] = this.#timeWidth();
    u8[14] = this.#receipt.width;
    f64[2] = rows.time[from];
    f64[3] = rows.time[from + count - 1];
    f64[4] = this.#receipt.oldest;
    f64[5] = this.#receipt.newest;
    let offset = this.#writeTimes(rows.time, from, count, headerBytes(columns, layout));
    this.#columns.forEach((column, index) => {
      const { width } = column;
      f64[6 + index] = column.base;
      u8[48 + 8 * columns + index] = column.exponent;
      u8[48 + 9 * columns + index] = width;
      offset = align(offset, width);
      column.write(rows.values[index], from, count, page, offset);
      offset += count * width;
    });
    this.#receipt.write(rows.receivedAt, from, count, page, offset);
    if (layout === CELLS_LAYOUT) this.#writeCells(rows, from, count, this.#receipt.end(offset, count));
    page.u32[0] = checksum(page, length);
    return u8.subarray(0, length);
  }

  #start(rows: Columns, from: number): void {
    for (const column of this.#columns) column.start();
    this.#receipt.start(rows.receivedAt[from]);
    this.#cells.start();
    this.#unit = 0;
    this.#span = 0;
  }

  #save(): void {
    this.#saved.unit = this.#unit;
    this.#saved.span = this.#span;
    this.#receipt.save();
    this.#cells.save();
    for (const column of this.#columns) column.save();
  }

  #restore(): void {
    this.#unit = this.#saved.unit;
    this.#span = this.#saved.span;
    this.#receipt.restore();
    this.#cells.restore();
    for (const column of this.#columns) column.restore();
  }

  /** How many rows fit as the columns pack now: from `low`, which may not, to less than `high`. */
  #fitting(low: number, high: number): number {
    return firstNotBefore(low + 1, high, (rows) => this.#size(rows) <= this.#limit) - 1;
  }

  /** Leaves out rows after the first `count`. What they did to the columns may stay, it costs no byte more than was counted. */
  #cutTo(rows: Columns, from: number, count: number): number {
    this.#span = rows.time[from + count - 1] - rows.time[from];
    this.#receipt.start(rows.receivedAt[from]);
    this.#receipt.include(rows.receivedAt, from, from + count);
    this.#last = count;
    return count;
  }

  #include(rows: Columns, first: number, from: number, to: number): void {
    for (let c = 0; c < this.#columns.length; c++) this.#columns[c].include(rows.values[c], from, to);
    this.#receipt.include(rows.receivedAt, from, to);
    this.#cells.include(rows, from, to);
    this.#includeTimes(rows.time, first, from, to);
  }

  #includeTimes(time: Float64Array, first: number, from: number, to: number): void {
    let unit = this.#unit;
    let ms: number = UNITS[unit];
    const start = time[first];
    for (let i = from; i < to; i++) {
      let units = (time[i] - start) / ms;
      while (units !== Math.floor(units) && unit < UNITS.length - 1) {
        unit++;
        ms = UNITS[unit];
        units = (time[i] - start) / ms;
      }
    }
    this.#unit = unit;
    this.#span = time[to - 1] - start;
  }

  #timeWidth(): number {
    return widthOf(this.#span / UNITS[this.#unit]);
  }

  /** Whether there is something to say of single cells. */
  get #layout(): number {
    if (this.#cells.groups > 0) return CELLS_LAYOUT;
    for (const { missing } of this.#columns) if (missing > 0) return CELLS_LAYOUT;
    return LAYOUT;
  }

  #size(rows: number): number {
    const timeWidth = this.#timeWidth();
    const layout = this.#layout;
    let size = align(headerBytes(this.#columns.length, layout), timeWidth) + rows * timeWidth;
    for (const { width } of this.#columns) size = align(size, width) + rows * width;
    size = this.#receipt.end(size, rows);
    if (layout === LAYOUT) return size;
    for (const { missing, isEmpty } of this.#columns) if (missing > 0 && !isEmpty) size += presenceBytes(rows);
    return this.#cells.offsets(size).end;
  }

  /** Counts what is to be said of single cells of the rows that are written: `fit` may have looked at more. */
  #recountCells(rows: Columns, from: number, count: number): void {
    if (this.#layout === LAYOUT) return;
    this.#columns.forEach((column, index) => column.recountMissing(rows.values[index], from, from + count));
    this.#cells.start();
    this.#cells.include(rows, from, from + count);
  }

  #writeCells(rows: Columns, from: number, count: number, at: number): void {
    const { u8, u16 } = this.#page;
    const columns = this.#columns.length;
    u16[groupsAt(columns) >>> 1] = this.#cells.groups;
    u8[groupsAt(columns) + 2] = this.#cells.lagBytes;
    let end = at;
    this.#columns.forEach(({ missing }, index) => {
      u8[statesAt(columns) + index] = missing === 0 ? ALL_THERE : missing === count ? NONE_THERE : SOME_THERE;
      if (missing === 0 || missing === count) return;
      writePresence(rows.values[index], from, count, u8, end);
      end += presenceBytes(count);
    });
    this.#cells.write(rows, from, count, this.#page, end);
  }

  #writeTimes(time: Float64Array, from: number, count: number, header: number): number {
    const { u8, u16, u32, f64 } = this.#page;
    const width = this.#timeWidth();
    const offset = align(header, width);
    if (width === 0) return offset;
    const out = width === 1 ? u8 : width === 2 ? u16 : width === 4 ? u32 : f64;
    const unit = UNITS[this.#unit];
    const first = offset / width;
    for (let i = 0; i < count; i++) out[first + i] = (time[from + i] - time[from]) / unit;
    return offset + count * width;
  }
}
