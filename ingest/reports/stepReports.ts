import { type Counts, NO_COUNTS } from '../../domain/balance.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import { BatchLog, type BatchListener } from './batchLog.ts';
import { OutputTimes } from './outputTimes.ts';

/** What is known of a step when it begins. Times in ms since 1970-01-01T00:00Z. */
export interface BegunStep {
  readonly receiver: ReceiverName;
  readonly startedAt: number;
  readonly availableAt: number;
}

/** What became of a step. */
export interface DoneStep {
  /** Rows that went to the table. */
  readonly rows: number;
  readonly counts: Counts;
  /** Stored rows whose time was before their pump's watermark. */
  readonly late: number;
  /** Most of its rows went in among older ones. */
  readonly outOfOrder: boolean;
}

/** What is said of a preview: none of its rows is in the table yet. */
export const NOTHING_WRITTEN: DoneStep = { rows: 0, counts: NO_COUNTS, late: 0, outOfOrder: false };

export type StepDone = BegunStep & DoneStep & { readonly endedAt: number };

export interface StepReportsOptions {
  readonly batchInterval: number;
  readonly now: () => number;
  readonly batches: BatchListener;
  /** Told each step that is done. */
  readonly onStep: (step: StepDone) => void;
}

/** How often to look whether a batch is over while nothing comes. */
const LOOK_MS = 250;

/** Takes the times of steps and adds steps up to batches. */
export class StepReports {
  readonly #options: StepReportsOptions;
  readonly #batches: BatchLog;
  readonly #timer: NodeJS.Timeout;

  constructor(options: StepReportsOptions) {
    const { batchInterval, now, batches } = options;
    this.#options = options;
    this.#batches = new BatchLog(batchInterval, batches);
    this.#timer = setInterval(() => this.#batches.close(now()), Math.min(batchInterval, LOOK_MS)); // also when nothing more comes
  }

  /** A step begins. */
  begin(step: BegunStep): OpenReport {
    const outputs = new OutputTimes(step.startedAt, this.#options.now);
    return {
      batch: this.#batches.begin(step.startedAt),
      done: (name, rows) => outputs.done(name, rows),
      end: ({ rows, counts, late, outOfOrder }) => {
        const done = { ...step, rows, counts, late, outOfOrder, endedAt: outputs.endedAt };
        this.#options.onStep(done);
        this.#batches.add({ ...done, outputs: outputs.reports });
      },
    };
  }

  /** The step that began last, or what came after it, has failed. */
  fail(error: string): void {
    this.#batches.fail(this.#options.now(), error);
  }

  /** No step comes any more: hands on the batch that is open. */
  close(): void {
    clearInterval(this.#timer);
    this.#batches.end();
  }
}

/** The report of the step under way. */
export interface OpenReport {
  /** When the interval of its batch began. */
  readonly batch: number;
  /** What was done since the last output, or the step's beginning, was this. */
  done(name: string, rows: number): void;
  /** The step is done. */
  end(step: DoneStep): void;
}
