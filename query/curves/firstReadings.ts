import { type Measure, measureIndex } from '../../domain/reading/measures.ts';
import type { TimeRange } from '../../domain/reading/selection.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';

/** The first readings of a range, one by one: what is shown as it is when there are no more of them. */
export class FirstReadings {
  readonly time: number[] = [];
  /** In the order of the measures that were asked for. */
  readonly values: readonly number[][];
  readonly #most: number;
  readonly #columns: readonly number[];

  constructor(most: number, measures: readonly Measure[]) {
    this.#most = most;
    this.#columns = measures.map((measure) => measureIndex[measure]);
    this.values = measures.map(() => []);
  }

  /** Reads as many as there may be. Says whether that is all of the range. */
  async read(table: StoredReadings, pump: string, range: TimeRange): Promise<boolean> {
    for await (const piece of table.readings(pump, range)) {
      if (this.time.length + piece.length > this.#most) return false;
      for (let row = 0; row < piece.length; row++) {
        this.time.push(piece.time[row]);
        this.#columns.forEach((column, i) => this.values[i].push(piece.values[column][row]));
      }
    }
    return true;
  }
}
