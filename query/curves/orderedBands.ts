import type { Readings } from '../../domain/reading/readings.ts';
import { extremes, type Grid, type PackedBands, sums } from './bands.ts';

/** The bands of readings that come in order of time: only buckets that hold one cost anything. Used again for one grid after the other. */
export class OrderedBands {
  readonly #min: readonly Float64Array[];
  readonly #max: readonly Float64Array[];
  readonly #sum: readonly Float64Array[];
  readonly #known: readonly Uint32Array[];
  readonly #slot: Uint16Array;
  readonly #count: Uint32Array;
  #entries = new Uint32Array(0);
  #length = 0;

  /** For bands of so many measures, and grids of at most so many buckets, which 16 bits can count. */
  constructor(measures: number, buckets: number) {
    const columns = (value: number) => Array.from({ length: measures }, () => new Float64Array(buckets).fill(value));
    this.#min = columns(Infinity);
    this.#max = columns(-Infinity);
    this.#sum = columns(0);
    this.#known = Array.from({ length: measures }, () => new Uint32Array(buckets));
    this.#slot = new Uint16Array(buckets);
    this.#count = new Uint32Array(buckets);
  }

  /** Adds the readings of rows `from` to `to - 1`, which lie in the grid, none before those that were added. */
  add({ time, values }: Readings, { start, width }: Grid, from: number, to: number): void {
    if (this.#entries.length < to) this.#entries = new Uint32Array(to);
    const [entries, slot, count] = [this.#entries, this.#slot, this.#count];
    let last = this.#length - 1;
    for (let row = from; row < to; row++) {
      const bucket = Math.floor((time[row] - start) / width);
      if (last < 0 || slot[last] !== bucket) slot[++last] = bucket;
      count[last]++;
      entries[row] = last;
    }
    this.#length = last + 1;
    this.#min.forEach((min, column) => {
      extremes({ min, max: this.#max[column], values: values[column], slots: entries }, from, to);
      sums({ sum: this.#sum[column], known: this.#known[column], values: values[column], slots: entries }, from, to);
    });
  }

  /** Takes out what was added, and begins anew. */
  take(): PackedBands {
    const n = this.#length;
    const values = new Float64Array(3 * this.#min.length * n);
    const lacks = this.#known.some((known) => known.subarray(0, n).some((own, i) => own !== this.#count[i]));
    const known = lacks ? new Uint32Array(this.#known.length * n) : undefined;
    const bands = { slot: this.#slot.slice(0, n), count: this.#count.slice(0, n), values, known };
    this.#min.forEach((min, column) => {
      const max = this.#max[column];
      values.set(min.subarray(0, n), 3 * column * n);
      values.set(max.subarray(0, n), (3 * column + 1) * n);
      values.set(this.#sum[column].subarray(0, n), (3 * column + 2) * n);
      known?.set(this.#known[column].subarray(0, n), column * n);
      min.fill(Infinity, 0, n);
      max.fill(-Infinity, 0, n);
      this.#sum[column].fill(0, 0, n);
      this.#known[column].fill(0, 0, n);
    });
    this.#count.fill(0, 0, n);
    this.#length = 0;
    return bands;
  }
}
