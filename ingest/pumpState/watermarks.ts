/** What `lastRow` has of a pump that stays where it was. */
export const NO_ROW = -1;

/**
 * How far the pumps of a step are in event time, by pump number, row by row: so what is late does not depend on how
 * rows are cut into steps. A pump's watermark is the time of its newest reading so far less the lateness. Each pump has
 * its own: files bring one pump after the other, and one for all would call them all late.
 */
export class Watermarks {
  /**
   * The row of each pump's newest reading; of two with the same time, the later receipt, but for one that lacks what the other
   * has. NO_ROW when it had a newer one before.
   */
  readonly lastRow: Int32Array;
  /** How many rows of each pump were late: their time was before its watermark. */
  readonly late: Uint32Array;
  readonly #newest: Float64Array;
  readonly #latenessMs: number;

  /** `newest`: the time of each pump's newest reading before the step, -Infinity when it has none. */
  constructor(newest: readonly number[], latenessMs: number) {
    this.#newest = Float64Array.from(newest);
    this.#latenessMs = latenessMs;
    this.lastRow = new Int32Array(newest.length).fill(NO_ROW);
    this.late = new Uint32Array(newest.length);
  }

  /** The next row of a pump; `~row` when it lacks psi, which the row of the same time before it may have. */
  see(pump: number, time: number, row: number): void {
    if (time >= this.#newest[pump]) {
      if (row >= 0) this.lastRow[pump] = row;
      else if (time > this.#newest[pump] || this.lastRow[pump] === NO_ROW) this.lastRow[pump] = ~row;
      this.#newest[pump] = time;
    } else if (time < this.#newest[pump] - this.#latenessMs) this.late[pump] += 1;
  }
}
