import type { Alert } from './alert.ts';
import { OccurrenceFold, type OccurrencePart } from './occurrence.ts';

/**
 * Folds the alerts of a piece of a pump's readings: of a day, of a step. The readings come in order of time, no time
 * twice, as many at a time as there are. An alert later than all of them goes on with what was there before: its reading
 * came while the readings were read.
 */
export class PieceFold {
  readonly #alerts: readonly Alert[];
  readonly #fold = new OccurrenceFold();
  #next = 0;
  #readings = 0;

  /** `alerts` of one pump, in order of time. */
  constructor(alerts: readonly Alert[]) {
    this.#alerts = alerts;
  }

  /** Takes the times of the next readings. */
  take(time: Float64Array, length = time.length): void {
    const alerts = this.#alerts;
    for (let row = 0; row < length; row++) {
      while (this.#next < alerts.length && alerts[this.#next].time < time[row]) this.#fold.add(alerts[this.#next++], this.#readings);
      this.#readings++;
    }
  }

  /** The piece's occurrences in order of beginning; there are no more readings. */
  end(): OccurrencePart[] {
    while (this.#next < this.#alerts.length) this.#fold.add(this.#alerts[this.#next++], this.#readings);
    return this.#fold.end(this.#readings);
  }
}
