import type { BatchFailure, BatchReport, BatchStart } from './batchReport.ts';
import type { OutputReport } from './graph.ts';

/** An output of a batch: foreachBatch, print, or one of the operators that save. */
export interface OutputStart {
  readonly time: number;
  readonly name: string;
}

/** What became of an output. */
export interface OutputEnd extends OutputStart, OutputReport {
  /** Why it failed, if it did; the batch fails with it. */
  readonly error?: string;
}

/**
 * What a program can hear of a context, after Spark's `StreamingListener`. All are called between other work and have to
 * be quick. What they throw, and what the promise of an async one is rejected with, is logged and goes no further; what else they
 * give is not looked at.
 *
 * The order in a batch: submitted and started (its items are there; Spark tells the first as soon as the batch is due),
 * then each output started and completed, then completed, when the state is durable, or failed.
 */
export interface StreamingListener {
  /** All sources have started. `startedAt` is in ms since 1970. */
  onJobStarted?(startedAt: number): unknown;
  /** No batch will run any more; with why if it failed. */
  onJobEnded?(error: string | undefined): unknown;
  onBatchSubmitted?(batch: BatchStart): unknown;
  onBatchStarted?(batch: BatchStart): unknown;
  onBatchCompleted?(batch: BatchReport): unknown;
  onBatchFailed?(batch: BatchFailure): unknown;
  onOutputOperationStarted?(output: OutputStart): unknown;
  onOutputOperationCompleted?(output: OutputEnd): unknown;
  /** A source that receives by itself has started: a socket, a broker, a folder of readings. `name` is its name in reports. */
  onReceiverStarted?(name: string): unknown;
  /** It has been stopped, in the end. */
  onReceiverStopped?(name: string): unknown;
  /** It did not start, lost what it takes from, or could not be taken from. Only what can't go on ends the context. */
  onReceiverError?(name: string, error: string): unknown;
}
