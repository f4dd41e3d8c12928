import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { BatchReport } from './batchReport.ts';
import type { CheckpointStore } from './checkpoint.ts';
import { type Clock, systemClock } from './clock.ts';
import { FileCheckpoints } from './fileCheckpoints.ts';
import { saidOfGap } from './gap.ts';
import { Graph } from './graph.ts';
import { Inputs } from './inputs.ts';
import { type StreamingListener, StreamingListeners } from '../reports/streamingListener.ts';
import type { StreamSource } from './source.ts';
import type { Stream } from './stream.ts';

export interface StreamContextOptions {
  /** ms between two batches. */
  readonly batchInterval: number;
  readonly clock?: Clock;
  /** Where state is kept over restarts: a store, or a folder for {@link FileCheckpoints}. Without it, nowhere. */
  readonly checkpoint?: CheckpointStore | string;
  /** What a person may want to know; standard error by default. */
  readonly onLog?: (event: LogEvent) => void;
  /** Told what became of each batch, as `listen` with `onBatchCompleted` does. */
  readonly onBatch?: (report: BatchReport) => void;
}

/**
 * Runs a graph of operators batch by batch: one at each multiple of `batchInterval` since 1970, each to its end
 * before the next begins; a slow one makes those after it wait, none is left out. After each batch the state of all
 * operators is committed as one checkpoint. After a crash the batches since the last checkpoint run again, those that
 * were missed too, in order: state counts every item of a source with a position once, outputs may be told twice.
 *
 * An error in an operator ends the context: its state is then what the last checkpoint says.
 */
export class StreamContext {
  readonly #graph: Graph;
  readonly #clock: Clock;
  readonly #listeners: StreamingListeners<StreamingListener<BatchReport>>;
  readonly #inputs = new Inputs();
  readonly #stopping = new AbortController();
  /** Set for what an operator, a source or a listener does in a batch. */
  readonly #inBatch = new AsyncLocalStorage<true>();
  #checkpoints: CheckpointStore | undefined;
  #prepared: Promise<void> | undefined;
  /** The last batch that was asked for by hand. */
  #byHand: Promise<unknown> = Promise.resolve();
  #last: number | undefined;
  #graceful = false;
  #run: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor({ batchInterval, clock = systemClock, checkpoint, onLog = tell, onBatch }: StreamContextOptions) {
    if (!Number.isSafeInteger(batchInterval) || batchInterval < 1)
      throw new AppError('CONFIG', `expected batchInterval to be a whole number of ms from 1, got ${batchInterval}`);
    this.#graph = new Graph(batchInterval, onLog);
    this.#clock = clock;
    this.#checkpoints = storeOf(checkpoint);
    this.#listeners = new StreamingListeners(onLog);
    if (onBatch) this.listen({ onBatchCompleted: onBatch });
  }

  /**
   * A context that goes on where the last checkpoint left it, or begins anew when there is none. `create` builds the
   * stream either way: unlike Spark's, the graph is code and not part of the checkpoint, so it may be changed.
   */
  static async getOrCreate(
    checkpoint: CheckpointStore | string,
    create: () => StreamContext | Promise<StreamContext>,
  ): Promise<StreamContext> {
    const context = await create();
    context.#checkpoints = storeOf(checkpoint);
    await context.#prepare();
    return context;
  }

  /** The stream of a source: per batch what has come since the last one. */
  from<T>(source: StreamSource<T>): Stream<T> {
    const { kind, name, state } = source;
    return this.#graph.add<T>({
      kind,
      name,
      ...(state && { state }),
      interval: this.#graph.batchInterval,
      compute: this.#inputs.add(source),
    });
  }

  /** Lets somebody hear of the start, of batches and of the end; gives what ends that. */
  listen(listener: StreamingListener<BatchReport>): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Restores the last checkpoint, starts the sources and runs batches until `stop`, the end of all sources, or an error.
   * When the checkpoint can't be used or a source does not start, the context has ended: all is stopped again.
   */
  async start(): Promise<void> {
    if (this.#run) throw new AppError('CONFIG', 'expected a context to be started once, got a second start: make a new one');
    const begun = this.#begin();
    this.#endWith(this.#runBatches(begun));
    await begun.catch(() => this.#run);
  }

  /** Resolves when no batch will run any more; rejects with the error that ended it. Not to be waited for inside a batch, which it outlives. */
  async awaitTermination(): Promise<void> {
    await this.#run;
  }

  /**
   * The batch under way is finished. A graceful stop then takes what the sources have received already. Rejects as
   * {@link awaitTermination} does. Called inside a batch (by an operator, a listener, or what these have begun) it only
   * asks for the end and does not wait for it: that comes after the batch.
   */
  async stop({ graceful = false }: { readonly graceful?: boolean } = {}): Promise<void> {
    this.#graceful ||= graceful;
    this.#stopping.abort();
    if (!this.#run) this.#endWith(this.#byHand.then(() => this.#finish()));
    if (!this.#inBatch.getStore()) await this.#run;
  }

  /**
   * Runs the next batch now, whatever the clock says: for tests, and programs that keep time themselves. One that is
   * asked for while another runs comes after it. Throws AppError CONFIG beside `start`, and inside a batch.
   */
  async runBatch(): Promise<BatchReport> {
    if (this.#run)
      throw new AppError('CONFIG', 'expected runBatch on a context that does not run by itself: call start or runBatch, not both');
    if (this.#inBatch.getStore())
      throw new AppError('CONFIG', 'expected runBatch to be called between batches, got a call inside one: it would wait for itself');
    const batch = this.#byHand.then(async () => {
      await this.#prepare();
      return this.#runOne(this.#nextTime());
    });
    this.#byHand = batch.catch(() => undefined); // Told to whoever asked for it.
    return batch;
  }

  #endWith(run: Promise<void>): void {
    this.#run = run;
    run.catch(() => undefined); // Told by awaitTermination and stop; an error before either is called is no unhandled one.
  }

  async #prepare(): Promise<void> {
    await (this.#prepared ??= this.#restore());
  }

  async #restore(): Promise<void> {
    this.#graph.seal();
    const checkpoint = await this.#checkpoints?.load();
    if (!checkpoint) return;
    this.#graph.restore(checkpoint);
    this.#last = checkpoint.time;
  }

  #nextTime(): number {
    const interval = this.#graph.batchInterval;
    return (Math.floor((this.#last ?? this.#clock.now()) / interval) + 1) * interval;
  }

  async #begin(): Promise<void> {
    await this.#byHand;
    await this.#prepare();
    await this.#inputs.start(this.#graph.onLog);
    this.#listeners.tell((listener) => listener.onJobStarted?.(Date.now()));
  }

  async #runBatches(begun: Promise<void>): Promise<void> {
    try {
      await begun;
      this.#tellOfGap();
      const signal = this.#stopping.signal;
      this.#last ??= this.#clock.now();
      while (!signal.aborted && !this.#inputs.ended) {
        const time = this.#nextTime();
        await this.#clock.waitUntil(time, signal);
        if (!signal.aborted) await this.#runOne(time);
      }
    } catch (error) {
      this.#fail(error);
    }
    await this.#finish();
  }

  #tellOfGap(): void {
    if (this.#last === undefined || this.#clock.jumps) return;
    const event = saidOfGap({ last: this.#last, now: this.#clock.now(), batchInterval: this.#graph.batchInterval });
    if (event) this.#graph.onLog(event);
  }

  async #finish(): Promise<void> {
    const failed = (error: unknown): void => {
      this.#fail(error);
    };
    await this.#inputs.stop(failed);
    while (this.#graceful && this.#failure === undefined && this.#inputs.pending) await this.#runOne(this.#nextTime()).catch(failed);
    await this.#inputs.close(failed);
    await this.#closeCheckpoints().catch(failed);
    this.#listeners.tell((listener) => listener.onJobEnded?.(this.#failure && messageOf(this.#failure)));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Keeps the first error, the one that the context ends with; one that follows from the end is told. */
  #fail(error: unknown): Error {
    if (this.#failure === undefined)
      this.#failure =
        error instanceof Error ? error : new AppError('WORKER_DIED', `the stream failed: ${messageOf(error)}`, { cause: error });
    else if (error !== this.#failure) this.#graph.onLog({ level: 'error', message: `while the stream ended: ${messageOf(error)}` });
    return this.#failure;
  }

  #runOne(time: number): Promise<BatchReport> {
    return this.#inBatch.run(true, async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        return await this.#runThrough(time);
      } catch (error) {
        throw this.#fail(error);
      }
    });
  }

  async #runThrough(time: number): Promise<BatchReport> {
    const schedulingDelay = Math.max(0, this.#clock.now() - time);
    const began = performance.now();
    const outputs = await this.#graph.run(time);
    await this.#commit(time);
    this.#last = time;
    await this.#inputs.committed();
    const report = { time, inputs: this.#inputs.taken(), schedulingDelay, processingTime: performance.now() - began, outputs };
    this.#listeners.tell((listener) => listener.onBatchCompleted?.(report));
    return report;
  }

  async #closeCheckpoints(): Promise<void> {
    await this.#checkpoints?.close?.();
  }

  async #commit(time: number): Promise<void> {
    if (this.#checkpoints) await this.#checkpoints.save(this.#graph.changes(time), () => this.#graph.whole(time));
    else this.#graph.forgetChanges();
  }
}

function storeOf(checkpoint: CheckpointStore | string | undefined): CheckpointStore | undefined {
  return typeof checkpoint === 'string' ? new FileCheckpoints(checkpoint) : checkpoint;
}

function tell({ level, message }: LogEvent): void {
  if (level !== 'debug') console.error(`${level}: ${message}`);
}
