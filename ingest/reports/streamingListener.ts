import { messageOf } from '../../domain/errors.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { JobBatch } from './batchLog.ts';
import type { ReceiverStatus } from '../receivers/receiverStatus.ts';
import type { LogEvent } from '../../domain/logEvent.ts';

/**
 * What a program can hear of a running job, after Spark's `StreamingListener`; `Batch` is what it says of a batch. It is
 * called between other work and has to be quick; what it throws is logged and goes no further.
 */
export interface StreamingListener<Batch = JobBatch> {
  /** The job takes rows. `startedAt` is in ms since 1970-01-01T00:00Z. */
  onJobStarted?(startedAt: number): void;
  /** A batch in which something came is in the table, or has failed: then `batch.error` says why. */
  onBatchCompleted?(batch: Batch): void;
  /** A receiver has started or stopped, lost or found what it takes from, or has a new error. */
  onReceiverChanged?(receiver: ReceiverName, status: ReceiverStatus): void;
  /** The store went away (since when, in ms since 1970-01-01T00:00Z, and why), or is back: undefined. */
  onStoreChanged?(away: { readonly since: number; readonly reason: string } | undefined): void;
  /** The job has ended; with why it failed if it did. */
  onJobEnded?(error: string | undefined): void;
}

/** All who listen. */
export class StreamingListeners<Listener extends object = StreamingListener> {
  readonly #onLog: (event: LogEvent) => void;
  readonly #listeners = new Set<Listener>();

  constructor(onLog: (event: LogEvent) => void) {
    this.#onLog = onLog;
  }

  /** Adds one; gives what removes it. */
  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Calls each; what one throws, or rejects with when it is async, is logged and keeps the others from nothing. */
  tell(call: (listener: Listener) => unknown): void {
    for (const listener of this.#listeners) {
      try {
        const answer = call(listener);
        if (answer instanceof Promise) answer.catch((error: unknown) => this.#failed(error));
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  #failed(error: unknown): void {
    this.#onLog({ level: 'error', message: `a listener of the streaming job failed: ${messageOf(error)}` });
  }
}
