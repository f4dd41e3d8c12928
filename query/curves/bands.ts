import type { Readings } from '../../domain/reading/readings.ts';
import { insertionPoint } from '../order.ts';

/** The equal buckets of time that a stretch of it is cut into. */
export interface Grid {
  /** Wall time at which the first begins. */
  readonly start: number;
  /** Width of each, in ms. */
  readonly width: number;
  readonly length: number;
}

/**
 * Buckets that hold a reading, of all measures:
 *
 *   slot[i]                 number of the bucket in its grid, rising
 *   count[i]                its readings
 *   values[3c n + i]        minimum of measure c, of n buckets
 *   values[(3c + 1) n + i]  maximum
 *   values[(3c + 2) n + i]  sum
 *   known[c n + i]          how many of the readings have measure c; absent where all have all
 */
export interface PackedBands {
  readonly slot: Uint16Array;
  readonly count: Uint32Array;
  readonly values: Float64Array;
  readonly known?: Uint32Array | undefined;
}

/** Minimum, maximum, sum and count of readings by bucket. */
export class Bands {
  readonly grid: Grid;
  readonly count: Uint32Array;
  /** By column: those that were asked for have an array, with an entry for each bucket. */
  readonly min: readonly (Float64Array | undefined)[];
  readonly max: readonly (Float64Array | undefined)[];
  readonly sum: readonly (Float64Array | undefined)[];
  /** Of how many readings: those that have the measure. */
  readonly known: readonly (Float64Array | undefined)[];
  #slots = new Uint32Array(0);

  /** `columns` are numbers of measures. */
  constructor(grid: Grid, columns: readonly number[]) {
    this.grid = grid;
    this.count = new Uint32Array(grid.length);
    const filled = (value: number) => {
      const arrays: (Float64Array | undefined)[] = [];
      for (const column of columns) arrays[column] = new Float64Array(grid.length).fill(value);
      return arrays;
    };
    this.min = filled(Infinity);
    this.max = filled(-Infinity);
    this.sum = filled(0);
    this.known = filled(0);
  }

  /** Adds the readings of rows `from` to `to - 1`, all of which lie in the grid. */
  add({ time, values }: Readings, from: number, to: number): void {
    const { grid: { start, width }, count } = this;
    if (this.#slots.length < to) this.#slots = new Uint32Array(to);
    const slots = this.#slots;
    for (let row = from; row < to; row++) {
      const slot = Math.floor((time[row] - start) / width);
      slots[row] = slot;
      count[slot]++;
    }
    this.min.forEach((min, column) => {
      const max = this.max[column];
      if (!min || !max) return;
      extremes({ min, max, values: values[column], slots }, from, to);
      sums({ sum: this.sum[column]!, known: this.known[column]!, values: values[column], slots }, from, to);
    });
  }

  /** Adds the buckets of another grid that begin at or after `from` and before `to`; each lies within one of this. */
  addPacked({ slot, count, values, known }: PackedBands, grid: Grid, { from, to }: { readonly from: number; readonly to: number }): void {
    const { start, width } = this.grid;
    const n = slot.length;
    const first = insertionPoint(slot, (each) => grid.start + each * grid.width - from);
    const end = insertionPoint(slot, (each) => grid.start + each * grid.width - to);
    if (this.#slots.length < end) this.#slots = new Uint32Array(end);
    const slots = this.#slots;
    for (let i = first; i < end; i++) {
      slots[i] = Math.floor((grid.start + slot[i] * grid.width - start) / width);
      this.count[slots[i]] += count[i];
    }
    this.min.forEach((min, column) => {
      const max = this.max[column];
      if (!min || !max) return;
      extremes({ min, max, values: values.subarray(3 * column * n, (3 * column + 1) * n), slots }, first, end);
      extremes({ min, max, values: values.subarray((3 * column + 1) * n, (3 * column + 2) * n), slots }, first, end);
      const [sum, all] = [this.sum[column]!, this.known[column]!];
      for (let i = first; i < end; i++) {
        sum[slots[i]] += values[(3 * column + 2) * n + i];
        all[slots[i]] += known ? known[column * n + i] : count[i];
      }
    });
  }

  /** What is in it, without the empty buckets; for bands of all measures, of a grid that 16 bits can count. */
  packed(): PackedBands {
    const slot = Uint16Array.from(this.filled());
    const n = slot.length;
    const values = new Float64Array(3 * this.min.length * n);
    const known = new Uint32Array(this.min.length * n);
    let lacks = false;
    this.min.forEach((min, column) => {
      for (let i = 0; i < n; i++) {
        values[3 * column * n + i] = min![slot[i]];
        values[(3 * column + 1) * n + i] = this.max[column]![slot[i]];
        values[(3 * column + 2) * n + i] = this.sum[column]![slot[i]];
        known[column * n + i] = this.known[column]![slot[i]];
        lacks ||= known[column * n + i] !== this.count[slot[i]];
      }
    });
    return { slot, count: Uint32Array.from(slot, (each) => this.count[each]), values, known: lacks ? known : undefined };
  }

  /** The numbers of the buckets that hold a reading. */
  filled(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.count.length; slot++) if (this.count[slot] > 0) slots.push(slot);
    return slots;
  }
}

/** Values by row, and the slot of each. */
export interface Extremes {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly values: Float64Array;
  readonly slots: Uint32Array;
}

/** Widens the bands of slots by the values of rows `from` to `to - 1`. */
export function extremes({ min, max, values, slots }: Extremes, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const slot = slots[row];
    const value = values[row];
    if (value < min[slot]) min[slot] = value;
    if (value > max[slot]) max[slot] = value;
  }
}

/** Sums by slot, of how many values, and values by row with the slot of each. */
export interface Sums {
  readonly sum: Float64Array;
  readonly known: Float64Array | Uint32Array;
  readonly values: Float64Array;
  readonly slots: Uint32Array;
}

/** Adds the values of rows `from` to `to - 1`; one that is missing counts for nothing. */
export function sums({ sum, known, values, slots }: Sums, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const value = values[row];
    if (value !== value) continue; // NaN, see UNKNOWN
    sum[slots[row]] += value;
    known[slots[row]]++;
  }
}
