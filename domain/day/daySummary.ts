import type { DayStats, MeasureStats } from './dayStats.ts';
import { isUnknown, MEASURES, UNKNOWN } from '../reading/measures.ts';
import type { Readings } from '../reading/readings.ts';

/**
 * The summary of a pump-day while its readings come in, in order of time. The mean is the plain sum in
 * that order divided by the count of the measure: neither a compensated nor a pairwise sum gives the same last digits.
 */
export class DaySummary {
  #count = 0;
  /** How many readings lack each measure. */
  readonly #missing = new Float64Array(MEASURES.length);
  readonly #sums = new Float64Array(MEASURES.length);
  readonly #before = new Float64Array(MEASURES.length);
  readonly #min = new Float64Array(MEASURES.length);
  readonly #max = new Float64Array(MEASURES.length);

  constructor() {
    this.clear();
  }

  /** Begins another day. */
  clear(): void {
    this.#count = 0;
    this.#missing.fill(0);
    this.#sums.fill(0);
    this.#min.fill(Infinity);
    this.#max.fill(-Infinity);
  }

  /** Takes the rows `from` to `to` - 1, which come after all that were taken before. */
  add(readings: Readings, from: number, to: number): void {
    this.#count += to - from;
    const before = this.#before;
    before.set(this.#sums);
    // Two columns at a time: the additions of one wait for each other, those of two don't.
    let c = 0;
    for (; c + 1 < MEASURES.length; c += 2) this.#addPair(c, readings, from, to);
    if (c < MEASURES.length) this.#addLast(c, readings, from, to);
    // A sum is NaN when a cell is missing, and in no other case; minimum and maximum are right all the same.
    for (c = 0; c < MEASURES.length; c++) if (isUnknown(this.#sums[c])) this.#addKnown(c, readings, from, to);
  }

  /** The statistics, or null when there was no reading. */
  stats(pump: string, day: number): DayStats | null {
    if (this.#count === 0) return null;
    return { pump, day, count: this.#count, measures: MEASURES.map((_, c) => this.#measureStats(c)) };
  }

  #measureStats(c: number): MeasureStats {
    const count = this.#count - this.#missing[c];
    if (count === 0) return { count, min: UNKNOWN, max: UNKNOWN, avg: UNKNOWN };
    return { count, min: this.#min[c], max: this.#max[c], avg: this.#sums[c] / count };
  }

  /** Adds a column in which cells are missing: its sum begins anew where it was before. */
  #addKnown(c: number, { values }: Readings, from: number, to: number): void {
    const column = values[c];
    let sum = this.#before[c];
    for (let row = from; row < to; row++) {
      if (isUnknown(column[row])) this.#missing[c]++;
      else sum += column[row];
    }
    this.#sums[c] = sum;
  }

  #addPair(c: number, { values }: Readings, from: number, to: number): void {
    const [sums, mins, maxs] = [this.#sums, this.#min, this.#max];
    const [columnA, columnB] = [values[c], values[c + 1]];
    let [sumA, sumB] = [sums[c], sums[c + 1]];
    let [minA, minB] = [mins[c], mins[c + 1]];
    let [maxA, maxB] = [maxs[c], maxs[c + 1]];
    for (let row = from; row < to; row++) {
      const a = columnA[row];
      const b = columnB[row];
      sumA += a;
      sumB += b;
      if (a < minA) minA = a;
      if (b < minB) minB = b;
      if (a > maxA) maxA = a;
      if (b > maxB) maxB = b;
    }
    [sums[c], sums[c + 1]] = [sumA, sumB];
    [mins[c], mins[c + 1]] = [minA, minB];
    [maxs[c], maxs[c + 1]] = [maxA, maxB];
  }

  /** The column without a partner, when there is an odd number of them. */
  #addLast(c: number, { values }: Readings, from: number, to: number): void {
    const column = values[c];
    let [sum, min, max] = [this.#sums[c], this.#min[c], this.#max[c]];
    for (let row = from; row < to; row++) {
      const value = column[row];
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    [this.#sums[c], this.#min[c], this.#max[c]] = [sum, min, max];
  }
}
