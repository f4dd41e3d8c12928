import { UNKNOWN } from '../../../domain/reading/measures.ts';
import { futureReason, type Receipt } from '../../../domain/reading/receipt.ts';
import type { StepBuffer } from '../stepBuffer.ts';
import type { Target } from './values.ts';

/** What became of a cell: it is in a row, the step has no room for another row, or why it can't be taken. */
export type Placed = 'placed' | 'noRoom' | { readonly reason: string };

/**
 * Rows of values that come one by one: those of one pump and time that follow each other become one row. A group is what such a
 * row is made of; a value that does not belong to it, or whose measure the row has, begins the next.
 */
export class RowGroup {
  readonly #into: StepBuffer;
  readonly #receipt: Receipt;
  #pump = '';
  #time = NaN;
  #row = -1;
  /** The physical line on which the next row begins. */
  line = 0;

  constructor(into: StepBuffer, receipt: Receipt) {
    this.#into = into;
    this.#receipt = receipt;
  }

  /** Whether a value would go into the row that the group has. */
  takes(pump: string, time: number, { column }: Target): boolean {
    return this.#row >= 0 && time === this.#time && pump === this.#pump && Number.isNaN(this.#into.readings.values[column][this.#row]);
  }

  /** Puts a value into the row that the group has; `takes` said yes. */
  add({ column }: Target, value: number): void {
    this.#into.readings.values[column][this.#row] = value;
  }

  /** Begins a row. */
  begin(pump: string, time: number): Placed {
    const { latest, receivedAt } = this.#receipt;
    if (latest && time > latest.time) return { reason: futureReason(time, latest) };
    if (this.#into.full) return 'noRoom';
    const { readings } = this.#into;
    const row = readings.length;
    readings.pump[row] = readings.pumps.numberOf(pump);
    readings.time[row] = time;
    readings.receivedAt[row] = receivedAt;
    readings.origins.line[row] = this.line;
    readings.origins.whole = false;
    for (const column of readings.values) column[row] = UNKNOWN;
    readings.length = row + 1;
    this.#pump = pump;
    this.#time = time;
    this.#row = row;
    return 'placed';
  }

  /** Nothing more goes into the row. */
  close(): void {
    this.#row = -1;
  }

  /** Takes the row back that was begun last. */
  undo(): void {
    if (this.#row >= 0) this.#into.readings.length = this.#row;
    this.#row = -1;
  }
}
