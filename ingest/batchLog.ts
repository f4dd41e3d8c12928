import { addCounts, type Counts, NO_COUNTS, type ReceiverName } from '../domain/balance.ts';

/** What a batch did: all steps that began in one batch interval. Times in ms. */
export interface BatchReport {
  /** When its interval began: ms since 1970-01-01T00:00Z, a multiple of the interval. */
  readonly time: number;
  readonly steps: number;
  /** Rows read, by receiver; also those that are pending. */
  readonly rows: Readonly<Record<ReceiverName, number>>;
  readonly counts: Counts;
  /** The longest that rows waited before a step took them. */
  readonly schedulingDelay: number;
  /** Time spent in its steps. */
  readonly processingTime: number;
  /** The longest from when rows could be taken to when their step was done. */
  readonly totalDelay: number;
}

/** One step, for the batch that it belongs to. */
export interface StepReport {
  readonly receiver: ReceiverName;
  readonly rows: number;
  readonly counts: Counts;
  readonly availableAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Adds steps up to batches, and hands a batch on when its interval is over. */
export class BatchLog {
  readonly #interval: number;
  readonly #onBatch: (batch: BatchReport) => void;
  #open: BatchReport | undefined;

  constructor(interval: number, onBatch: (batch: BatchReport) => void) {
    this.#interval = interval;
    this.#onBatch = onBatch;
  }

  add(step: StepReport): void {
    const time = Math.floor(step.startedAt / this.#interval) * this.#interval;
    this.close(step.startedAt);
    const batch = this.#open ?? { time, steps: 0, rows: { directory: 0, mqtt: 0 }, counts: NO_COUNTS, schedulingDelay: 0, processingTime: 0, totalDelay: 0 };
    this.#open = {
      time: batch.time,
      steps: batch.steps + 1,
      rows: { ...batch.rows, [step.receiver]: batch.rows[step.receiver] + step.rows },
      counts: addCounts(batch.counts, step.counts),
      schedulingDelay: Math.max(batch.schedulingDelay, step.startedAt - step.availableAt),
      processingTime: batch.processingTime + step.endedAt - step.startedAt,
      totalDelay: Math.max(batch.totalDelay, step.endedAt - step.availableAt),
    };
  }

  /** Hands on the open batch if its interval is over; `now` Infinity ends it in any case. */
  close(now: number): void {
    if (!this.#open || now < this.#open.time + this.#interval) return;
    const batch = this.#open;
    this.#open = undefined;
    this.#onBatch(batch);
  }
}
