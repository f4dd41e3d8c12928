import { widthOf } from './decimalColumn.ts';
import { align, type Page } from './page.ts';

/** Finds how times of receipt pack: as runs of the same time, or one each where that is shorter. */
export class ReceiptColumn {
  oldest = 0;
  newest = 0;
  #runs = 0;
  #rows = 0;
  #saved = { oldest: 0, newest: 0, runs: 0, rows: 0 };

  /** Begins a block with the time of receipt of its first row, which is still to be included. */
  start(receivedAt: number): void {
    this.oldest = receivedAt;
    this.newest = receivedAt;
    this.#runs = 0;
    this.#rows = 0;
  }

  /** Remembers the fit of the rows so far. */
  save(): void {
    const saved = this.#saved;
    saved.oldest = this.oldest;
    saved.newest = this.newest;
    saved.runs = this.#runs;
    saved.rows = this.#rows;
  }

  /** Goes back to the fit that was saved. */
  restore(): void {
    ({ oldest: this.oldest, newest: this.newest, runs: this.#runs, rows: this.#rows } = this.#saved);
  }

  /** Takes the rows `from` to `to - 1` in; they follow on those before. */
  include(receivedAt: Float64Array, from: number, to: number): void {
    let { oldest, newest } = this;
    let runs = this.#runs;
    let previous = this.#rows === 0 ? NaN : receivedAt[from - 1];
    for (let i = from; i < to; i++) {
      const value = receivedAt[i];
      if (value === previous) continue;
      runs++;
      previous = value;
      if (value < oldest) oldest = value;
      if (value > newest) newest = value;
    }
    this.oldest = oldest;
    this.newest = newest;
    this.#runs = runs;
    this.#rows += to - from;
  }

  /** How many times are stored: 1, the number of runs, or one each of `rows`. */
  runs(rows: number): number {
    const runs = this.#runs;
    return runs > 1 && rows * this.width <= runs * (this.width + 2) ? rows : runs;
  }

  /** Bytes a time. */
  get width(): number {
    return widthOf(this.newest - this.oldest);
  }

  /** Where a block ends whose other columns end at an offset. */
  end(offset: number, rows: number): number {
    const runs = this.runs(rows);
    const end = align(offset, this.width) + runs * this.width;
    return runs === 1 || runs === rows ? end : align(end, 2) + runs * 2;
  }

  /** Writes the times of `rows` rows from `from` on into a page. */
  write(receivedAt: Float64Array, from: number, rows: number, page: Page, end: number): void {
    const runs = this.runs(rows);
    const { width } = this;
    if (runs === 1) return;
    const offset = align(end, width);
    const deltas = width === 1 ? page.u8 : width === 2 ? page.u16 : width === 4 ? page.u32 : page.f64;
    const first = offset / width;
    if (runs === rows) {
      for (let i = 0; i < rows; i++) deltas[first + i] = receivedAt[from + i] - this.oldest;
      return;
    }
    const lengths = align(offset + runs * width, 2) >>> 1;
    let run = 0;
    for (let start = 0; start < rows; run++) {
      let next = start + 1;
      while (next < rows && receivedAt[from + next] === receivedAt[from + start]) next++;
      deltas[first + run] = receivedAt[from + start] - this.oldest;
      page.u16[lengths + run] = next - start;
      start = next;
    }
  }
}
