/** So many intervals are enough to tell what is usual. */
const SAMPLE = 1000;

/** The usual time between two readings: the median of the first thousand intervals. */
export class Cadence {
  readonly #intervals: number[] = [];
  #last: number | undefined;

  /** Takes the times of readings, rising, from row `from` to `to - 1`. */
  add(time: Float64Array, from: number, to: number): void {
    for (let row = from; row < to && this.#intervals.length < SAMPLE; row++) {
      if (this.#last !== undefined) this.#intervals.push(time[row] - this.#last);
      this.#last = time[row];
    }
  }

  /** Null with fewer than two readings. */
  median(): number | null {
    return median(this.#intervals);
  }
}

/** The middle figure, of two the smaller; null when there is none. */
export function median(figures: readonly number[]): number | null {
  const sorted = Float64Array.from(figures).sort();
  return sorted[(sorted.length - 1) >> 1] ?? null;
}
