import { UNKNOWN } from '../../domain/reading/measures.ts';
import type { OnlyColumns } from '../table/readings.ts';
import { firstNotBefore } from '../../domain/search.ts';
import { CELLS_LAYOUT, groupsAt, headerBytes, LAYOUT, POWERS, statesAt, UNITS } from './block.ts';
import { type CellSection, decodeCells } from './cellSection.ts';
import type { Columns } from './columns.ts';
import { align, checksum, Page } from './page.ts';

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

  /**
   * Appends the rows `from` to `to - 1` to columns; those that the block lacks are unknown. With `only` the others may keep what they
   * had; a block of layout 2 is decoded whole all the same.
   */
  decode(out: Columns, from: number, to: number, only?: OnlyColumns): void {
    if (only && this.#page.u8[4] === LAYOUT && !out.cellReceipts) this.#decodeOnly(out, from, to, only);
    else this.#decodeAll(out, from, to);
    out.length += to - from;
  }

  #decodeOnly(out: Columns, from: number, to: number, { measures, receipts }: OnlyColumns): void {
    this.#times(out, from, to);
    for (const c of measures) {
      if (c < this.#stored) this.#column(out, c, from, to);
      else out.values[c].fill(UNKNOWN, out.length, out.length + to - from);
    }
    if (receipts) this.#receipts(out.receivedAt, out.length, from, to);
  }

  #decodeAll(out: Columns, from: number, to: number): void {
    const { u8 } = this.#page;
    const at = out.length;
    this.#times(out, from, to);
    const stored = this.#stored;
    for (let c = 0; c < stored; c++) this.#column(out, c, from, to);
    for (let c = stored; c < this.#columns; c++) out.values[c].fill(UNKNOWN, at, at + to - from);
    this.#receipts(out.receivedAt, at, from, to);
    if (u8[4] === CELLS_LAYOUT) decodeCells(this.#page, this.#cellSection(), out, { at, from, to });
    else out.cellReceipts?.forEach((column) => column.set(out.receivedAt.subarray(at, at + to - from), at));
  }

  #times({ time, length: at }: Columns, from: number, to: number): void {
    const { u8 } = this.#page;
    const unit = UNITS[u8[12]];
    this.#expand(time, { at, from, to, width: u8[13], offset: this.#offsets[0], base: 0, divisor: 1 });
    const first = this.first;
    for (let i = at; i < at + to - from; i++) time[i] = first + time[i] * unit;
  }

  #column({ values, length: at }: Columns, c: number, from: number, to: number): void {
    const { u8, f64 } = this.#page;
    const stored = this.#stored;
    const exponents = 48 + 8 * stored;
    this.#expand(values[c], {
      at, from, to, width: u8[exponents + stored + c], offset: this.#offsets[c + 1],
      base: f64[6 + c], divisor: POWERS[u8[exponents + c]],
    });
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
