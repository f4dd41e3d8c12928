import { MERGED } from '../../../domain/reading/keyCells.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { Places, StepFates } from '../../../domain/reading/rowFate.ts';
import { Columns } from '../../lmdb/columns.ts';
import { copyRows, type RowColumns } from '../../files/rowColumns.ts';

/** The rows that a step puts, one for each key that it changes, as its keys are settled. */
export class PlannedRows {
  /** By place in the step's order: the row that has cells of it; of no meaning where none has. */
  readonly rowOf: Int32Array;
  readonly #readings: Readings;
  readonly #order: Uint32Array;
  readonly #fates: StepFates;
  /** The row of the step that each is, or the first of those that it is made of. */
  readonly #from: Uint32Array;
  #length = 0;
  /** Rows that are made of several, and which of all they are. */
  #merged: Columns | undefined;
  readonly #mergedAt: number[] = [];

  constructor(readings: Readings, order: Uint32Array, fates: StepFates) {
    this.#readings = readings;
    this.#order = order;
    this.#fates = fates;
    this.#from = new Uint32Array(order.length);
    this.rowOf = new Int32Array(order.length);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds what the key that was settled last, of rows at some places, has of the step. `settled` is what it holds. */
  add(settled: number, { from, to }: Places): void {
    this.rowOf.fill(this.#length, from, to);
    this.#from[this.#length++] = this.#order[settled === MERGED ? from : ~settled];
    if (settled !== MERGED) return;
    const merged = (this.#merged ??= new Columns(this.#readings.values.length, this.#order.length));
    this.#fates.writeMerged(merged, merged.length++, this.#fates.taken);
    this.#mergedAt.push(this.#length - 1);
  }

  /** All of them, in order of their keys. */
  rows(): RowColumns {
    const merged = this.#merged;
    const rows = copyRows(this.#readings, this.#from.subarray(0, this.#length), merged?.cellReceipts !== undefined);
    if (!merged) return rows;
    for (const [row, at] of this.#mergedAt.entries()) {
      rows.receivedAt[at] = merged.receivedAt[row];
      rows.values.forEach((column, c) => (column[at] = merged.values[c][row]));
      rows.cellReceipts?.forEach((column, c) => (column[at] = merged.cellReceipts?.[c][row] ?? merged.receivedAt[row]));
    }
    return rows;
  }
}
