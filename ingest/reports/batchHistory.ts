import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { addByReceiver, type ByReceiver, forEachReceiver } from '../../domain/receivers.ts';
import type { JobBatch } from './batchLog.ts';
import { addOutputs, type OutputTime } from './outputTimes.ts';

/** How many batches are remembered. */
export const KEPT_BATCHES = 1000;

/** What a job has done since its start. Times in ms. */
export interface BatchTotals {
  readonly batches: number;
  /** Batches in which something failed. */
  readonly failed: number;
  readonly steps: number;
  readonly rows: ByReceiver<number>;
  readonly counts: Counts;
  /** Stored rows whose time was before their pump's watermark. */
  readonly late: number;
  readonly processingTime: number;
  readonly outputs: readonly OutputTime[];
}

/** Means over the batches that are remembered, in ms; null before the first. */
export interface BatchAverages {
  /** How many batches they are of. */
  readonly batches: number;
  readonly schedulingDelay: number | null;
  readonly processingTime: number | null;
  readonly totalDelay: number | null;
  /** Of one write to the table. */
  readonly write: number | null;
}

const NOTHING: BatchTotals = {
  batches: 0,
  failed: 0,
  steps: 0,
  rows: forEachReceiver(0),
  counts: NO_COUNTS,
  late: 0,
  processingTime: 0,
  outputs: [],
};

/** The last 1,000 batches, and what all of them since the start come to: what a streaming page shows. */
export class BatchHistory {
  /** A ring: once it is full, the oldest is at `#next`. */
  readonly #ring: JobBatch[] = [];
  #next = 0;
  #totals = NOTHING;

  add({ writes: _, ...batch }: JobBatch): void {
    this.#ring[this.#next] = batch;
    this.#next = (this.#next + 1) % KEPT_BATCHES;
    const { batches, failed, steps, rows, counts, late, processingTime, outputs } = this.#totals;
    this.#totals = {
      batches: batches + 1,
      failed: failed + (batch.error === null ? 0 : 1),
      steps: steps + batch.steps,
      rows: addByReceiver(rows, batch.rows),
      counts: addCounts(counts, batch.counts),
      late: late + batch.late,
      processingTime: processingTime + batch.processingTime,
      outputs: addOutputs(outputs, batch.outputs),
    };
  }

  /** The last batches, as many as are remembered and wanted; the newest last. */
  last(count: number): JobBatch[] {
    const inOrder = this.#ring.length < KEPT_BATCHES ? this.#ring : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return inOrder.slice(Math.max(0, inOrder.length - count));
  }

  get totals(): BatchTotals {
    return this.#totals;
  }

  get averages(): BatchAverages {
    const mean = (values: readonly number[]) =>
      values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
    const writes = this.#ring.flatMap(({ outputs }) => outputs.filter(({ name }) => name === 'table'));
    const written = writes.reduce((sum, { times }) => sum + times, 0);
    return {
      batches: this.#ring.length,
      schedulingDelay: mean(this.#ring.map((batch) => batch.schedulingDelay)),
      processingTime: mean(this.#ring.map((batch) => batch.processingTime)),
      totalDelay: mean(this.#ring.map((batch) => batch.totalDelay)),
      write: written === 0 ? null : writes.reduce((sum, { ms }) => sum + ms, 0) / written,
    };
  }
}
