import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { addByReceiver, type ByReceiver, forEachReceiver, type ReceiverName } from '../../domain/receivers.ts';
import { addOutputs, type OutputTime } from './outputTimes.ts';

/** What a batch did: all steps that began in one batch interval. Times in ms. */
export interface JobBatch {
  /** When its interval began: ms since 1970-01-01T00:00Z, a multiple of the interval. */
  readonly time: number;
  readonly steps: number;
  /** Rows that went to the table, by receiver; those of a small step that waits for more come with the batch that ends it. */
  readonly rows: ByReceiver<number>;
  readonly counts: Counts;
  /** Stored rows whose time was before their pump's watermark. */
  readonly late: number;
  /** The longest that rows waited before a step took them. */
  readonly schedulingDelay: number;
  /** Time spent in its steps. */
  readonly processingTime: number;
  /** The longest from when rows could be taken to when their step was done. */
  readonly totalDelay: number;
  /** What its steps did; together they took the processing time, unless one failed. */
  readonly outputs: readonly OutputTime[];
  /** How long each write to the table took; only while it is told, and not among the batches that are remembered. */
  readonly writes?: readonly number[];
  /** Why a step of it failed, and the job with it; null as a rule. */
  readonly error: string | null;
}

/** One step, for the batch that it belongs to. */
export interface StepReport {
  readonly receiver: ReceiverName;
  readonly rows: number;
  readonly counts: Counts;
  readonly late: number;
  readonly availableAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outputs: readonly OutputTime[];
}

/** Who hears of batches. */
export interface BatchListener {
  /** A batch in which something came, when its interval is over and its rows are in the table. */
  onBatch(batch: JobBatch): void;
  /** Intervals that began before this time are over, whether something came or not: no row comes into them any more. */
  onOver?(time: number): void;
}

/** Says which batch a step belongs to, adds steps up to batches, and hands a batch on when its interval is over. */
export class BatchLog {
  readonly #interval: number;
  readonly #listener: BatchListener;
  #open: JobBatch | undefined;
  /** The batch of the step that is under way. */
  #begun: number | undefined;
  /** Batches before this time are over. */
  #over = -Infinity;

  constructor(interval: number, listener: BatchListener) {
    this.#interval = interval;
    this.#listener = listener;
  }

  /** A step begins: gives when the interval of its batch began, and keeps that batch open until `add`. */
  begin(startedAt: number): number {
    this.close(startedAt);
    // A timer may have closed an interval while the step that began in it was being taken.
    this.#begun = Math.max(this.#intervalOf(startedAt), this.#over);
    return this.#begun;
  }

  /** The step that began last is done. */
  add(step: StepReport): void {
    const time = this.#begun ?? this.begin(step.startedAt);
    this.#begun = undefined;
    const batch = this.#open ?? emptyBatch(time);
    this.#open = {
      ...batch,
      steps: batch.steps + 1,
      rows: addByReceiver(batch.rows, { [step.receiver]: step.rows }),
      counts: addCounts(batch.counts, step.counts),
      late: batch.late + step.late,
      schedulingDelay: Math.max(batch.schedulingDelay, step.startedAt - step.availableAt),
      processingTime: batch.processingTime + step.endedAt - step.startedAt,
      totalDelay: Math.max(batch.totalDelay, step.endedAt - step.availableAt),
      outputs: addOutputs(batch.outputs, step.outputs),
      writes: [...(batch.writes ?? []), ...step.outputs.filter(({ name }) => name === 'table').map(({ ms }) => ms)],
    };
  }

  /** The step that began last, or what came after it, has failed: so has its batch. */
  fail(now: number, error: string): void {
    this.#open = { ...(this.#open ?? emptyBatch(this.#begun ?? this.#intervalOf(now))), error };
    this.#begun = undefined;
  }

  /** Closes what is over by now; a batch of which a step is under way is not. */
  close(now: number): void {
    const over = Math.min(this.#intervalOf(now), this.#begun ?? Infinity);
    if (over <= this.#over) return;
    this.#over = over;
    if (this.#open && this.#open.time < over) this.end();
    this.#listener.onOver?.(over);
  }

  /** Hands on the open batch though its interval goes on: nothing more comes. */
  end(): void {
    const batch = this.#open;
    this.#open = undefined;
    if (batch) this.#listener.onBatch(batch);
  }

  #intervalOf(time: number): number {
    return Math.floor(time / this.#interval) * this.#interval;
  }
}

function emptyBatch(time: number): JobBatch {
  return {
    time,
    steps: 0,
    rows: forEachReceiver(0),
    counts: NO_COUNTS,
    late: 0,
    schedulingDelay: 0,
    processingTime: 0,
    totalDelay: 0,
    outputs: [],
    error: null,
  };
}
