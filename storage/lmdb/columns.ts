/**
 * Rows of one series (a pump's readings, or a pump's alerts of one rule) as columns: rows 0 to
 * `length - 1`, times rising. The arrays are used again and again; nothing in them outlives the call
 * that filled them.
 */
export interface RowSource {
  readonly time: Float64Array;
  readonly receivedAt: Float64Array;
  readonly values: readonly Float64Array[];
  /** The times of receipt of single cells, by column, where some came at other times than their row; see Readings. */
  readonly cellReceipts?: readonly Float64Array[] | undefined;
}

/** Columns that can be filled, up to a fixed capacity. */
export class Columns implements RowSource {
  length = 0;
  readonly capacity: number;
  readonly time: Float64Array;
  readonly receivedAt: Float64Array;
  readonly values: readonly Float64Array[];
  /** Time, receipt, the values, and as soon as they are there the receipts of cells. */
  #all: readonly Float64Array[];
  #cells: readonly Float64Array[] | undefined;

  constructor(measures: number, capacity: number) {
    this.capacity = capacity;
    this.time = new Float64Array(capacity);
    this.receivedAt = new Float64Array(capacity);
    this.values = Array.from({ length: measures }, () => new Float64Array(capacity));
    this.#all = [this.time, this.receivedAt, ...this.values];
  }

  get cellReceipts(): readonly Float64Array[] | undefined {
    return this.#all.length > 2 + this.values.length ? this.#cells : undefined;
  }

  /** Lets cells have times of receipt of their own; those that are there came with their rows. */
  openCells(): readonly Float64Array[] {
    if (this.cellReceipts) return this.cellReceipts;
    this.#cells ??= this.values.map(() => new Float64Array(this.capacity));
    for (const column of this.#cells) column.set(this.receivedAt);
    this.#all = [...this.#all, ...this.#cells];
    return this.#cells;
  }

  /** Empties them. */
  clear(): void {
    this.length = 0;
    if (this.cellReceipts) this.#all = this.#all.slice(0, 2 + this.values.length);
  }

  /** Appends the rows `from` to `to - 1` of a source. */
  append(source: RowSource, from: number, to: number): void {
    if (source.cellReceipts) this.openCells();
    const columns = this.#all;
    for (let c = 0; c < columns.length; c++) columns[c].set(columnOf(source, c).subarray(from, to), this.length);
    this.length += to - from;
  }

  /** Appends all rows of a source, in an order; their receipts never fall from row to row. */
  appendInOrder(source: RowSource, order: Uint32Array): void {
    const at = this.length;
    if (source.cellReceipts) this.openCells();
    const columns = this.#all;
    for (let c = 0; c < columns.length; c++) {
      const target = columns[c];
      const values = columnOf(source, c);
      if (c === RECEIPTS && values[0] === values[order.length - 1]) target.fill(values[0], at, at + order.length);
      else for (let i = 0; i < order.length; i++) target[at + i] = values[order[i]];
    }
    this.length += order.length;
  }

  /**
   * Appends rows of two sources: `plan[i]` is a row of `first`, or, when negative, `~plan[i]` is one of
   * `second`.
   */
  appendMerged(first: RowSource, second: RowSource, plan: Int32Array, count: number): void {
    const at = this.length;
    if (first.cellReceipts ?? second.cellReceipts) this.openCells();
    const columns = this.#all;
    for (let c = 0; c < columns.length; c++) {
      const target = columns[c];
      const a = columnOf(first, c);
      const b = columnOf(second, c);
      for (let i = 0; i < count; i++) {
        const entry = plan[i];
        target[at + i] = entry < 0 ? b[~entry] : a[entry];
      }
    }
    this.length += count;
  }

  /** Copies a row over another. */
  moveRow(from: number, to: number): void {
    for (const column of this.#all) column[to] = column[from];
  }

  /** Removes the first `count` rows. */
  dropFront(count: number): void {
    if (count === 0) return;
    for (const column of this.#all) column.copyWithin(0, count, this.length);
    this.length -= count;
  }
}

const RECEIPTS = 1;

function columnOf(source: RowSource, index: number): Float64Array {
  if (index === 0) return source.time;
  if (index === RECEIPTS) return source.receivedAt;
  const column = index - 2;
  if (column < source.values.length) return source.values[column];
  return source.cellReceipts?.[column - source.values.length] ?? source.receivedAt;
}
