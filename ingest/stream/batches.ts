import { AppError, messageOf } from '../../domain/errors.ts';
import type { BatchReport, BatchStart } from './batchReport.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import type { Graph } from './graph.ts';
import type { Inputs } from './inputs.ts';
import type { StreamingListener } from './streamingListener.ts';

export interface BatchesOptions {
  readonly graph: Graph;
  readonly inputs: Inputs;
  readonly clock: Clock;
  readonly tell: (call: (listener: StreamingListener) => unknown) => void;
}

/**
 * Runs single batches: takes what the sources have, carries it through the graph, and commits what it changed. The first
 * error is the one that all end with: no batch runs after it.
 */
export class Batches {
  readonly #options: BatchesOptions;
  /** Where state is kept; nowhere without one. */
  checkpoints: CheckpointStore | undefined;
  /** Time of the last batch, ms. Without one, batches begin with the first multiple of the interval that is to come. */
  last: number | undefined;
  #failure: Error | undefined;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** Why no batch runs any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The time of the batch after the last, ms. */
  get next(): number {
    const interval = this.#options.graph.batchInterval;
    return (Math.floor((this.last ?? this.#options.clock.now()) / interval) + 1) * interval;
  }

  /** Gives the operators what the last checkpoint says. */
  async restore(): Promise<void> {
    this.#options.graph.seal();
    const checkpoint = await this.checkpoints?.load();
    if (!checkpoint) return;
    this.#options.graph.restore(checkpoint);
    this.last = checkpoint.time;
  }

  /** Runs the batch of a time to its end. Rejects with the error that ended this batch, or one before it. */
  async run(time: number): Promise<BatchReport> {
    if (this.#failure !== undefined) throw this.#failure;
    const schedulingDelay = Math.max(0, this.#options.clock.now() - time);
    const began = performance.now();
    let start: BatchStart = { time, inputs: {}, schedulingDelay };
    try {
      start = { ...start, inputs: await this.#options.inputs.take(time) };
      return await this.#runThrough(start, began);
    } catch (error) {
      const failure = { ...start, processingTime: performance.now() - began, error: messageOf(error) };
      this.#options.tell((listener) => listener.onBatchFailed?.(failure));
      throw this.fail(error);
    } finally {
      this.#options.inputs.release();
    }
  }

  /** Keeps the first error, the one that all ends with, and gives it; one that follows from the end is told. */
  fail(error: unknown): Error {
    if (this.#failure === undefined)
      this.#failure =
        error instanceof Error ? error : new AppError('WORKER_DIED', `the stream failed: ${messageOf(error)}`, { cause: error });
    else if (error !== this.#failure)
      this.#options.graph.onEvent({ level: 'error', message: `while the stream ended: ${messageOf(error)}` });
    return this.#failure;
  }

  /** No batch runs any more. */
  async close(): Promise<void> {
    await this.checkpoints?.close?.();
  }

  async #runThrough(start: BatchStart, began: number): Promise<BatchReport> {
    const { graph, inputs, tell } = this.#options;
    const { time } = start;
    tell((listener) => listener.onBatchSubmitted?.(start));
    tell((listener) => listener.onBatchStarted?.(start));
    const outputs = await graph.run(time, {
      started: (name) => tell((listener) => listener.onOutputOperationStarted?.({ time, name })),
      completed: (report, error) =>
        tell((listener) => listener.onOutputOperationCompleted?.({ time, ...report, ...(error !== undefined && { error }) })),
    });
    await this.#commit(time);
    this.last = time;
    const report = { ...start, processingTime: performance.now() - began, outputs };
    await inputs.committed(report);
    tell((listener) => listener.onBatchCompleted?.(report));
    return report;
  }

  async #commit(time: number): Promise<void> {
    const { graph } = this.#options;
    if (this.checkpoints) await this.checkpoints.save(graph.changes(time), () => graph.whole(time));
    else graph.forgetChanges();
  }
}
