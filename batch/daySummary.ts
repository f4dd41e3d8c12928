import type { DayStats, MeasureStats } from '../domain/dayStats.ts';
import { MEASURES } from '../domain/measures.ts';
import type { Readings } from '../domain/readings.ts';

/**
 * The summary of one pump-day while its readings come in, in order of time. The mean is the plain sum
 * in that order divided by the count: neither a compensated nor a pairwise sum gives the same last digits.
 */
export class DaySummary {
  #count = 0;
  readonly #sum = new Float64Array(MEASURES.length);
  readonly #min = new Float64Array(MEASURES.length).fill(Infinity);
  readonly #max = new Float64Array(MEASURES.length).fill(-Infinity);

  get count(): number {
    return this.#count;
  }

  /** Takes the rows `from` to `to`, exclusive, which come after all that were taken before. */
  add(readings: Readings, from: number, to: number): void {
    for (let measure = 0; measure < MEASURES.length; measure++) {
      const column = readings.values[measure];
      let sum = this.#sum[measure];
      let min = this.#min[measure];
      let max = this.#max[measure];
      for (let row = from; row < to; row++) {
        const value = column[row];
        sum += value;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      this.#sum[measure] = sum;
      this.#min[measure] = min;
      this.#max[measure] = max;
    }
    this.#count += to - from;
  }

  /** The statistics, or null when there was no reading. */
  stats(pump: string, day: number): DayStats | null {
    if (this.#count === 0) return null;
    const measures = MEASURES.map((_, i): MeasureStats => ({ min: this.#min[i], max: this.#max[i], avg: this.#sum[i] / this.#count }));
    return { pump, day, count: this.#count, measures };
  }
}
