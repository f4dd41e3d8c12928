import { AppError, messageOf } from '../../domain/errors.ts';
import type { JobEvent } from '../source.ts';
import type { CheckpointStore } from './checkpoint.ts';
import { type Clock, systemClock } from './clock.ts';
import { FileCheckpoints } from './fileCheckpoints.ts';
import { Graph, type OutputReport } from './graph.ts';
import { type StreamingListener, StreamingListeners } from '../streamingListener.ts';
import type { StreamSource } from './source.ts';
import type { Stream } from './stream.ts';

export interface StreamContextOptions {
  /** ms between two batches. */
  readonly batchInterval: number;
  readonly clock?: Clock;
  /** Where state is kept over restarts: a store, or a folder for {@link FileCheckpoints}. Without it, nowhere. */
  readonly checkpoint?: CheckpointStore | string;
  /** What a person may want to know; standard error by default. */
  readonly onEvent?: (event: JobEvent) => void;
  /** Told what became of each batch, as `listen` with `onBatchCompleted` does. */
  readonly onBatch?: (report: BatchReport) => void;
}

/** What became of a batch. */
export interface BatchReport {
  readonly time: number;
  /** Items by source. */
  readonly inputs: Readonly<Record<string, number>>;
  /** ms from the batch's time until it began: it waited for those before it. */
  readonly schedulingDelay: number;
  /** ms from its beginning until its state was durable. */
  readonly processingTime: number;
  readonly outputs: readonly OutputReport[];
}

interface Input {
  readonly source: StreamSource<unknown>;
  readonly stream: Stream<unknown>;
  taken: number;
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
  readonly #inputs: Input[] = [];
  readonly #stopping = new AbortController();
  #checkpoints: CheckpointStore | undefined;
  #prepared: Promise<void> | undefined;
  #last: number | undefined;
  #graceful = false;
  #run: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor({ batchInterval, clock = systemClock, checkpoint, onEvent = tell, onBatch }: StreamContextOptions) {
    if (!Number.isSafeInteger(batchInterval) || batchInterval < 1) throw new AppError('CONFIG', `expected batchInterval to be a whole number of ms from 1, got ${batchInterval}`);
    this.#graph = new Graph(batchInterval, onEvent);
    this.#clock = clock;
    this.#checkpoints = storeOf(checkpoint);
    this.#listeners = new StreamingListeners(onEvent);
    if (onBatch) this.listen({ onBatchCompleted: onBatch });
  }

  /**
   * A context that goes on where the last checkpoint left it, or begins anew when there is none. `create` builds the
   * stream either way: unlike Spark's, the graph is code and not part of the checkpoint, so it may be changed.
   */
  static async getOrCreate(checkpoint: CheckpointStore | string, create: () => StreamContext | Promise<StreamContext>): Promise<StreamContext> {
    const context = await create();
    context.#checkpoints = storeOf(checkpoint);
    await context.#prepare();
    return context;
  }

  /** The stream of a source: per batch what has come since the last one. */
  from<T>(source: StreamSource<T>): Stream<T> {
    const { kind, name, state } = source;
    const stream = this.#graph.add<T>({
      kind,
      name,
      ...(state && { state }),
      interval: this.#graph.batchInterval,
      compute: async (time) => {
        const items = await source.take(time);
        input.taken = items.length;
        return items;
      },
    });
    const input: Input = { source, stream, taken: 0 };
    this.#inputs.push(input);
    return stream;
  }

  /** Lets somebody hear of the start, of batches and of the end; gives what ends that. */
  listen(listener: StreamingListener<BatchReport>): () => void {
    return this.#listeners.add(listener);
  }

  /** Restores the last checkpoint, starts the sources and runs batches until `stop`, the end of all sources, or an error. */
  async start(): Promise<void> {
    if (this.#run) throw new AppError('CONFIG', 'expected a context to be started once, got a second start: make a new one');
    await this.#prepare();
    for (const { source } of this.#inputs) await source.start?.(this.#graph.onEvent);
    this.#listeners.tell((listener) => listener.onJobStarted?.(Date.now()));
    this.#run = this.#runBatches();
    this.#run.catch(() => undefined); // Told by awaitTermination and stop; an error before either is called is no unhandled one.
  }

  /** Resolves when no batch will run any more; rejects with the error that ended it. */
  async awaitTermination(): Promise<void> {
    await this.#run;
  }

  /** The batch under way is finished. A graceful stop then takes what the sources have received already. Rejects as {@link awaitTermination} does. */
  async stop({ graceful = false }: { readonly graceful?: boolean } = {}): Promise<void> {
    this.#graceful ||= graceful;
    this.#stopping.abort();
    await (this.#run ??= this.#finish());
  }

  /** Runs the next batch now, whatever the clock says: for tests, and programs that keep time themselves. Not beside `start`. */
  async runBatch(): Promise<BatchReport> {
    if (this.#run) throw new AppError('CONFIG', 'expected runBatch on a context that does not run by itself: call start or runBatch, not both');
    await this.#prepare();
    return this.#runOne(this.#nextTime());
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

  async #runBatches(): Promise<void> {
    try {
      const signal = this.#stopping.signal;
      this.#last ??= this.#clock.now();
      while (!signal.aborted && !this.#ended()) {
        const time = this.#nextTime();
        await this.#clock.waitUntil(time, signal);
        if (!signal.aborted) await this.#runOne(time);
      }
    } finally {
      await this.#finish();
    }
  }

  async #finish(): Promise<void> {
    for (const { source } of this.#inputs) await source.stop?.();
    while (this.#graceful && this.#failure === undefined && this.#inputs.some(({ source }) => source.pending?.())) await this.#runOne(this.#nextTime());
    for (const { source } of this.#inputs) await source.close?.();
    this.#listeners.tell((listener) => listener.onJobEnded?.(this.#failure && messageOf(this.#failure)));
  }

  #ended(): boolean {
    return this.#inputs.length > 0 && this.#inputs.every(({ source }) => source.ended?.());
  }

  async #runOne(time: number): Promise<BatchReport> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const schedulingDelay = Math.max(0, this.#clock.now() - time);
      const began = performance.now();
      const outputs = await this.#graph.run(time);
      await this.#commit(time);
      this.#last = time;
      for (const { source } of this.#inputs) await source.committed?.();
      const inputs = Object.fromEntries(this.#inputs.map(({ source, taken }, i) => [source.name ?? `${i} ${source.kind}`, taken]));
      const report = { time, inputs, schedulingDelay, processingTime: performance.now() - began, outputs };
      this.#listeners.tell((listener) => listener.onBatchCompleted?.(report));
      return report;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new AppError('WORKER_DIED', `the batch at ${time} ms failed: ${messageOf(error)}`, { cause: error });
      throw this.#failure;
    }
  }

  async #commit(time: number): Promise<void> {
    if (this.#checkpoints) await this.#checkpoints.save(this.#graph.changes(time), () => this.#graph.whole(time));
    else this.#graph.forgetChanges();
  }
}

function storeOf(checkpoint: CheckpointStore | string | undefined): CheckpointStore | undefined {
  return typeof checkpoint === 'string' ? new FileCheckpoints(checkpoint) : checkpoint;
}

function tell({ level, message }: JobEvent): void {
  if (level !== 'debug') console.error(`${level}: ${message}`);
}
