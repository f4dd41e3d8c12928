import { UNKNOWN } from '../../domain/reading/measures.ts';
import { firstNotBefore } from '../../domain/search.ts';
import { type CellSection, decodeCells } from './cellSection.ts';
import type { Columns } from './columns.ts';
import { align, checksum, Page } from './page.ts';

/**
 * A block: rows of one series in order of time, packed by column. Numbers are in the machine's byte
 * order, as lmdb's own pages are: a data directory does not move between byte orders.
 *
 *    0  u32  CRC-32 of all that follows      16  f64  time of the first row
 *    4  u8   layout, 1 or 2                  24  f64  time of the last row
 *    5  u8   value columns, c                32  f64  oldest time of receipt
 *    6  u16  rows, n                         40  f64  newest time of receipt
 *    8  u16  runs of times of receipt, r     48  f64  base, one a column
 *   10  u16  length in bytes             48 + 8c  u8  exponent, one a column
 *   12  u8   unit of time, see UNITS     48 + 9c  u8  width, one a column
 *   13  u8   width of time
 *   14  u8   width of receipt
 *   15  u8   0
 *
 *   from 48 + 10c, each array aligned to its width:
 *   time      n × width   (time - first) / unit
 *   column    n × width   mantissa - base; the value is mantissa / 10^exponent         } c times
 *   receipt   r × width   time of receipt of a run - oldest
 *   lengths   r × u16     rows of a run; absent when r = 1 (all rows) and r = n (one each, also of the same time)
 *
 * Widths are 0 (every entry is 0; nothing is stored), 1, 2 and 4 (unsigned integers) and 8 (a double).
 * A value column of width 8 holds the values themselves: some of them are no decimal, or too far apart.
 *
 * A block has the columns that there were when it was written. Whoever knows more finds those unknown.
 *
 * Layout 2 is for blocks where a cell is missing, or cells of a row came at different times; a row's own time of receipt is
 * that of its newest cell. From 48 + 10c it has beside that
 *
 *   u16  groups of earlier cells, g
 *   u8   width of their lags: 1, 2, 4 or 8; 0 when g = 0
 *   u8   0
 *   u8   one a column: 0 when all rows have its cell, 1 when some have, 2 when none has
 *
 * and its arrays begin at 52 + 11c. Where a cell is missing its entry is 0 and says nothing. After the lengths follow
 *
 *   bits      (n + 7) / 8 bytes for each column that some rows have: bit 0 of a byte is its first row, 1 when the cell is there
 *   rows      g × u16     row of a group: cells of one row that came together, before its newest one; aligned to 2
 *   masks     g × u8      its columns as bits, the first is bit 0; u16 from 9 columns on, u32 from 17 on
 *   lags      g × width   time of receipt of the row - that of the group
 */
export const LAYOUT = 1;
export const CELLS_LAYOUT = 2;

/** The most rows of a block, however small they pack: what reading one row costs stays bounded. */
export const MAX_BLOCK_ROWS = 1024;

/** What fits into one page of the file beside lmdb's page header of 24 bytes; one byte more takes two pages. */
export const PAGE_BYTES = 4072;

/** The units of time, in ms. */
export const UNITS = [60_000, 1000, 1] as const;

/** 10 to the power of the index. Exact up to 22. */
export const POWERS = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/** Where a block's arrays begin. */
export function headerBytes(columns: number, layout = LAYOUT): number {
  return layout === LAYOUT ? 48 + 10 * columns : 52 + 11 * columns;
}

/** Where layout 2 has the number of groups of earlier cells. */
export function groupsAt(columns: number): number {
  return 48 + 10 * columns;
}

/** Where layout 2 has the states of the columns. */
export function statesAt(columns: number): number {
  return 52 + 10 * columns;
}

/** Reads blocks of at most so many columns, one at a time: `load`, then ask. What it says holds until the next `load`. */
export class BlockReader {
  readonly #columns: number;
  readonly #page = new Page();
  readonly #offsets: number[] = [];
  /** Columns of the block. */
  #stored = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get rows(): number {
    return this.#page.u16[3];
  }

  get bytes(): number {
    return this.#page.u16[5];
  }

  get first(): number {
    return this.#page.f64[2];
  }

  get last(): number {
    return this.#page.f64[3];
  }

  /** The oldest time of receipt. */
  get oldest(): number {
    return this.#page.f64[4];
  }

  /** The newest time of receipt. */
  get newest(): number {
    return this.#page.f64[5];
  }

  /** Takes a block's bytes. Says what is wrong with them, or undefined. */
  load(bytes: Uint8Array): string | undefined {
    const page = this.#page;
    const { u8, u16, u32 } = page;
    if (bytes.length < headerBytes(1) || bytes.length > u8.length) return `${bytes.length} bytes are no block`;
    u8.set(bytes);
    if ((u8[4] !== LAYOUT && u8[4] !== CELLS_LAYOUT) || u8[5] === 0 || u8[5] > this.#columns) return `layout ${u8[4]} with ${u8[5]} columns is none`;
    const header = headerBytes(u8[5], u8[4]);
    if (u16[5] !== bytes.length) return `it should have ${u16[5]} bytes and has ${bytes.length}`;
    if (u32[0] !== checksum(page, bytes.length)) return 'its checksum is wrong';
    this.#stored = u8[5];
    this.#locate(header);
    return undefined;
  }

  /** The first row whose time is `time` or later; `rows` when there is none. */
  rowAt(time: number): number {
    return firstNotBefore(0, this.rows, (row) => this.timeOf(row) < time);
  }

  /** The time of a row. */
  timeOf(row: number): number {
    const { u8, u16, u32, f64 } = this.#page;
    const offset = this.#offsets[0];
    const unit = UNITS[u8[12]];
    switch (u8[13]) {
      case 0: return this.first;
      case 1: return this.first + u8[offset + row] * unit;
      case 2: return this.first + u16[(offset >>> 1) + row] * unit;
      case 4: return this.first + u32[(offset >>> 2) + row] * unit;
      default: return this.first + f64[(offset >>> 3) + row] * unit;
    }
  }

  /** Whether some cells were received before the rows that they are in. */
  get hasEarlierCells(): boolean {
    return this.#page.u8[4] === CELLS_LAYOUT && this.#page.u16[groupsAt(this.#stored) >>> 1] > 0;
  }

  /** Appends the rows `from` to `to - 1` to columns; those that the block lacks are unknown. */
  decode(out: Columns, from: number, to: number): void {
    const { u8, f64 } = this.#page;
    const at = out.length;
    const unit = UNITS[u8[12]];
    const { time } = out;
    this.#expand(time, { at, from, to, width: u8[13], offset: this.#offsets[0], base: 0, divisor: 1 });
    const first = this.first;
    for (let i = at; i < at + to - from; i++) time[i] = first + time[i] * unit;
    const stored = this.#stored;
    const exponents = 48 + 8 * stored;
    for (let c = 0; c < stored; c++) {
      this.#expand(out.values[c], {
        at, from, to, width: u8[exponents + stored + c], offset: this.#offsets[c + 1],
        base: f64[6 + c], divisor: POWERS[u8[exponents + c]],
      });
    }
    for (let c = stored; c < this.#columns; c++) out.values[c].fill(UNKNOWN, at, at + to - from);
    this.#receipts(out.receivedAt, at, from, to);
    if (u8[4] === CELLS_LAYOUT) decodeCells(this.#page, this.#cellSection(), out, { at, from, to });
    else out.cellReceipts?.forEach((column) => column.set(out.receivedAt.subarray(at, at + to - from), at));
    out.length += to - from;
  }

  #cellSection(): CellSection {
    const columns = this.#stored;
    return { columns, rows: this.rows, groups: this.#page.u16[groupsAt(columns) >>> 1], lagBytes: this.#page.u8[groupsAt(columns) + 2],
      states: statesAt(columns), from: this.#receiptsEnd() };
  }

  /** Where times of receipt and lengths of their runs end. */
  #receiptsEnd(): number {
    const runs = this.#page.u16[4];
    const lengths = this.#offsets[this.#stored + 2];
    return runs === 1 || runs === this.rows ? this.#offsets[this.#stored + 1] + runs * this.#page.u8[14] : lengths + 2 * runs;
  }

  #locate(header: number): void {
    const { u8, u16 } = this.#page;
    const offsets = this.#offsets;
    const rows = u16[3];
    const stored = this.#stored;
    const widths = 48 + 9 * stored;
    let offset = header;
    for (let array = 0; array <= stored; array++) {
      const width = array === 0 ? u8[13] : u8[widths + array - 1];
      offset = align(offset, width);
      offsets[array] = offset;
      offset += rows * width;
    }
    offsets[stored + 1] = align(offset, u8[14]);
    offsets[stored + 2] = align(offsets[stored + 1] + u16[4] * u8[14], 2);
  }

  #expand(out: Float64Array, array: PackedArray): void {
    const { at, from, to, width, base, divisor } = array;
    const { u8, u16, u32, f64 } = this.#page;
    const count = to - from;
    const offset = width === 0 ? 0 : array.offset / width + from;
    if (width === 0) out.fill(base / divisor, at, at + count);
    else if (width === 1) for (let i = 0; i < count; i++) out[at + i] = (u8[offset + i] + base) / divisor;
    else if (width === 2) for (let i = 0; i < count; i++) out[at + i] = (u16[offset + i] + base) / divisor;
    else if (width === 4) for (let i = 0; i < count; i++) out[at + i] = (u32[offset + i] + base) / divisor;
    else out.set(f64.subarray(offset, offset + count), at);
  }

  #receipts(out: Float64Array, at: number, from: number, to: number): void {
    const { u8, u16, u32, f64 } = this.#page;
    const runs = u16[4];
    const width = u8[14];
    if (width === 0) {
      out.fill(this.oldest, at, at + to - from);
      return;
    }
    if (runs === this.rows) {
      this.#expand(out, { at, from, to, width, offset: this.#offsets[this.#stored + 1], base: this.oldest, divisor: 1 });
      if (width === 8) for (let i = at; i < at + to - from; i++) out[i] += this.oldest;
      return;
    }
    const offset = this.#offsets[this.#stored + 1] / width;
    const lengths = this.#offsets[this.#stored + 2] >>> 1;
    const deltas = width === 1 ? u8 : width === 2 ? u16 : width === 4 ? u32 : f64;
    let row = 0;
    for (let run = 0; run < runs && row < to; run++) {
      const end = row + u16[lengths + run];
      if (end > from) {
        out.fill(this.oldest + deltas[offset + run], at + Math.max(row, from) - from, at + Math.min(end, to) - from);
      }
      row = end;
    }
  }
}

interface PackedArray {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly offset: number;
  readonly base: number;
  readonly divisor: number;
}
