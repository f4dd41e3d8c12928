import type { ReadingsBuffer } from '../../domain/reading/readings.ts';
import { RECEIPT_STATE } from '../../storage/table/state.ts';
import type { OpenStep } from '../receivers/rowSource.ts';

/**
 * Lets times of receipt rise strictly from step to step. A write of HBase that timed out may still arrive
 * after the steps that followed it: what those wrote is newer, and stays. The clock alone does not see to
 * it: two steps may be of one millisecond, and rows of the journal older than those of a file before them.
 */
export class ReceiptOrder {
  #newest: number;
  /** Rows of the open step that have been seen to. */
  #done = 0;

  /** `newest` is that of the last committed step. */
  constructor(newest: number) {
    this.#newest = newest;
  }

  /** Lets the rows that have come into the open step be later than all of earlier steps. In the normal case that takes one look. */
  order({ receivedAt, length }: ReadingsBuffer): void {
    // Receipts never fall within a step: those that are too early come first.
    for (let row = this.#done; row < length && receivedAt[row] <= this.#newest; row++) receivedAt[row] = this.#newest + 1;
    this.#done = length;
  }

  /** The open step is complete: its newest time of receipt commits with it. */
  close({ buffer: { readings }, state }: OpenStep): void {
    this.#done = 0;
    if (readings.length === 0) return;
    this.#newest = readings.receivedAt[readings.length - 1];
    state[RECEIPT_STATE] = this.#newest;
  }
}
