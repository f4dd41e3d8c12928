import { isUnknown } from '../../domain/reading/measures.ts';
import { POWERS } from './block.ts';
import type { Page } from './page.ts';

/** Mantissas beyond this are not told from their neighbours safely; such a column is kept as doubles. */
const MAX_MANTISSA = 2 ** 50;

/**
 * Finds how a column of values packs: as mantissas of the smallest exponent that all of them are decimals
 * of, or, when there is none, as they are. `v` is the decimal m / 10^k when dividing gives `v` to the bit.
 */
export class DecimalColumn {
  exponent = 0;
  min = Infinity;
  max = -Infinity;
  /** Some value is no decimal: the column holds doubles. */
  raw = false;
  /** How many cells are missing: they don't count for the rest. */
  missing = 0;
  #saved = { exponent: 0, min: 0, max: 0, raw: false, missing: 0 };

  /** Begins a block. */
  start(): void {
    this.exponent = 0;
    this.min = Infinity;
    this.max = -Infinity;
    this.raw = false;
    this.missing = 0;
  }

  /** Remembers the fit of the values so far. */
  save(): void {
    const saved = this.#saved;
    saved.exponent = this.exponent;
    saved.min = this.min;
    saved.max = this.max;
    saved.raw = this.raw;
    saved.missing = this.missing;
  }

  /** Goes back to the fit that was saved. */
  restore(): void {
    ({ exponent: this.exponent, min: this.min, max: this.max, raw: this.raw, missing: this.missing } = this.#saved);
  }

  /** Whether no cell of it is there. */
  get isEmpty(): boolean {
    return !this.raw && this.max < this.min;
  }

  /** Bytes a value. */
  get width(): number {
    if (this.raw) return 8;
    return this.isEmpty ? 0 : widthOf(this.max - this.min);
  }

  /** What mantissas are stored relative to. */
  get base(): number {
    return this.isEmpty ? 0 : this.min;
  }

  /** Takes more values in. */
  include(values: Float64Array, from: number, to: number): void {
    if (this.raw) {
      this.#countMissing(values, from, to);
      return;
    }
    let { exponent, min, max } = this;
    let power = POWERS[exponent];
    for (let i = from; i < to; i++) {
      const value = values[i];
      let mantissa = Math.floor(value * power + 0.5);
      // One division for most values: what follows is for those that need another exponent, are no decimals, or are 0.
      if (mantissa / power !== value || mantissa === 0) {
        while (mantissa / power !== value && exponent < POWERS.length - 1 && Math.abs(mantissa) <= MAX_MANTISSA) {
          exponent++;
          power = POWERS[exponent];
          mantissa = Math.floor(value * power + 0.5);
          min *= 10;
          max *= 10;
        }
        if (isUnknown(value)) {
          this.missing++;
          continue;
        }
        // A mantissa of 0 can't tell -0.
        if (mantissa / power !== value || (mantissa === 0 && 1 / value < 0)) {
          this.raw = true;
          this.#countMissing(values, i + 1, to);
          return;
        }
      }
      if (mantissa < min) min = mantissa;
      if (mantissa > max) max = mantissa;
    }
    this.exponent = exponent;
    this.min = min;
    this.max = max;
    this.raw = min < -MAX_MANTISSA || max > MAX_MANTISSA;
  }

  /** Counts anew how many cells are missing, of the rows from `from` to `to - 1` alone. */
  recountMissing(values: Float64Array, from: number, to: number): void {
    this.missing = 0;
    this.#countMissing(values, from, to);
  }

  #countMissing(values: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i++) if (isUnknown(values[i])) this.missing++;
  }

  /** Writes the values into a page, `width` bytes each; 0 where one is missing. */
  write(values: Float64Array, from: number, count: number, page: Page, offset: number): void {
    const { u8, u16, u32, f64 } = page;
    const { min, width } = this;
    const power = POWERS[this.exponent];
    const first = offset / width;
    // One loop a width: a view chosen at run time would make each of its stores a slow one.
    if (width === 1) for (let i = 0; i < count; i++) u8[first + i] = Math.floor(values[from + i] * power + 0.5) - min;
    else if (width === 2) for (let i = 0; i < count; i++) u16[first + i] = Math.floor(values[from + i] * power + 0.5) - min;
    else if (width === 4) for (let i = 0; i < count; i++) u32[first + i] = Math.floor(values[from + i] * power + 0.5) - min;
    else if (width === 8) {
      f64.set(values.subarray(from, from + count), first);
      if (this.missing > 0) for (let i = 0; i < count; i++) if (isUnknown(values[from + i])) f64[first + i] = 0;
    }
  }
}

/** The smallest width that holds the integers from 0 to `range`. */
export function widthOf(range: number): number {
  if (range === 0) return 0;
  if (range < 0x100) return 1;
  if (range < 0x1_0000) return 2;
  return range < 0x1_0000_0000 ? 4 : 8;
}
