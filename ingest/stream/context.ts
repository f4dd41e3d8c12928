import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../../domain/errors.ts';
import { StreamingListeners } from '../reports/streamingListener.ts';
import type { BatchReport } from './batchReport.ts';
import { Batches } from './batches.ts';
import type { CheckpointStore } from './checkpoint.ts';
import { systemClock } from './clock.ts';
import { type ContextState, logToStderr, type StopOptions, type StreamContextOptions } from './contextOptions.ts';
import { Ending } from './ending.ts';
import { FileCheckpoints } from './fileCheckpoints.ts';
import { Graph } from './graph.ts';
import { Inputs } from './inputs.ts';
import { Schedule } from './schedule.ts';
import type { StreamSource } from './source.ts';
import type { Stream } from './stream.ts';
import type { StreamingListener } from './streamingListener.ts';

/**
 * Runs a graph of operators batch by batch: one at each multiple of `batchInterval` since 1970, each to its end
 * before the next begins; a slow one makes those after it wait, none is left out. (Only where the system's clock is set
 * forward those in between are left out, as they never were.) After each batch the state of all operators is committed
 * as one checkpoint. After a crash the batches since the last checkpoint run again, those that were missed too, in order:
 * state counts every item of a source with a position once, outputs may be told twice.
 *
 * What functions of a program change in place harms nothing: what the stream remembers are copies of its own, and each
 * branch of it has its own items. That is so for arrays, plain objects, dates, maps and sets, not for instances of classes.
 *
 * An error in an operator ends the context: its state is then what the last checkpoint says.
 */
export class StreamContext {
  readonly #graph: Graph;
  readonly #listeners: StreamingListeners<StreamingListener>;
  readonly #inputs: Inputs;
  readonly #batches: Batches;
  readonly #schedule: Schedule;
  readonly #ending: Ending;
  /** Set for what an operator, a source or a listener does in a batch. */
  readonly #inBatch = new AsyncLocalStorage<true>();
  #prepared: Promise<void> | undefined;
  #startedByHand: Promise<void> | undefined;
  /** The last batch that was asked for by hand. */
  #byHand: Promise<unknown> = Promise.resolve();
  #run: Promise<void> | undefined;

  constructor({ batchInterval, clock = systemClock, checkpoint, onEvent = logToStderr, onBatch, ...rates }: StreamContextOptions) {
    if (!Number.isSafeInteger(batchInterval) || batchInterval < 1)
      throw new AppError('CONFIG', `expected batchInterval to be a whole number of ms from 1, got ${batchInterval}`);
    this.#graph = new Graph(batchInterval, onEvent);
    this.#listeners = new StreamingListeners(onEvent);
    const tell = (call: (listener: StreamingListener) => unknown): void => this.#listeners.tell(call);
    this.#inputs = new Inputs({ ...rates, batchInterval, onEvent, tell });
    this.#batches = new Batches({ graph: this.#graph, inputs: this.#inputs, clock, tell });
    this.#batches.checkpoints = storeOf(checkpoint);
    this.#ending = new Ending({ inputs: this.#inputs, batches: this.#batches, onEvent, tell });
    this.#schedule = new Schedule({ clock, batches: this.#batches, batchInterval, onEvent });
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
    context.#batches.checkpoints = storeOf(checkpoint);
    await context.#prepare();
    return context;
  }

  get state(): ContextState {
    return this.#ending.isOver ? 'stopped' : this.#run ? 'active' : 'initialized';
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

  /** Lets somebody hear of the start, of receivers, batches and outputs, and of the end; gives what ends that. */
  listen(listener: StreamingListener): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Restores the last checkpoint, starts the sources and runs batches until `stop`, the end of all sources, or an error.
   * When the checkpoint can't be used or a source does not start, the context has ended: all is stopped again. Throws
   * AppError CONFIG when it was started or stopped before.
   */
  async start(): Promise<void> {
    if (this.#run)
      throw new AppError('CONFIG', 'expected a context to be started once, got a second start, or one after its end: make a new one');
    const begun = this.#begin();
    this.#endWith(this.#runBatches(begun));
    await begun.catch(() => this.#run);
  }

  /**
   * Resolves when no batch will run any more; rejects with the error that ended it, and with AppError CONFIG before
   * `start`. Not to be waited for inside a batch, which it outlives.
   */
  async awaitTermination(): Promise<void> {
    if (!this.#run)
      throw new AppError('CONFIG', 'expected awaitTermination after start, got it before: nothing runs yet whose end could be waited for');
    await this.#run;
  }

  /** As {@link awaitTermination}, for at most so many ms: whether it has ended. */
  async awaitTerminationOrTimeout(ms: number): Promise<boolean> {
    const waiting = new AbortController();
    const timeout = setTimeout(ms, false, { signal: waiting.signal }).catch(() => false);
    try {
      return await Promise.race([this.awaitTermination().then(() => true), timeout]);
    } finally {
      waiting.abort();
    }
  }

  /**
   * The batch under way is finished, however long it takes. A graceful stop then takes what the sources have received
   * already, within its limit. Rejects as {@link awaitTermination} does. Called inside a batch (by an operator, a listener,
   * or what these have begun) it only asks for the end and does not wait for it: that comes after the batch.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    this.#ending.ask(options);
    if (!this.#run) this.#endWith(this.#byHand.then(() => this.#finish()));
    if (!this.#inBatch.getStore()) await this.#run;
  }

  /**
   * Runs the next batch now, whatever the clock says: for tests, and programs that keep time themselves. The first one
   * starts the sources. One that is asked for while another runs comes after it. Throws AppError CONFIG beside `start`,
   * and inside a batch.
   */
  async runBatch(): Promise<BatchReport> {
    if (this.#run)
      throw new AppError('CONFIG', 'expected runBatch on a context that does not run by itself: call start or runBatch, not both');
    if (this.#inBatch.getStore())
      throw new AppError('CONFIG', 'expected runBatch to be called between batches, got a call inside one: it would wait for itself');
    const batch = this.#byHand.then(async () => {
      await (this.#startedByHand ??= this.#prepare().then(() => this.#inputs.start()));
      return this.#runOne();
    });
    this.#byHand = batch.catch(() => undefined); // Told to whoever asked for it.
    return batch;
  }

  #endWith(run: Promise<void>): void {
    this.#run = run;
    run.catch(() => undefined); // Told by awaitTermination and stop; an error before either is called is no unhandled one.
  }

  async #prepare(): Promise<void> {
    await (this.#prepared ??= this.#batches.restore());
  }

  async #begin(): Promise<void> {
    await this.#byHand;
    await this.#prepare();
    await this.#inputs.start();
    this.#listeners.tell((listener) => listener.onJobStarted?.(Date.now()));
  }

  async #runBatches(begun: Promise<void>): Promise<void> {
    try {
      await begun;
      this.#schedule.begin();
      while (!this.#ending.signal.aborted && !this.#inputs.ended) {
        if (await this.#schedule.isDue(this.#ending.signal)) await this.#runOne();
      }
    } catch (error) {
      this.#batches.fail(error);
    }
    await this.#finish();
  }

  #finish(): Promise<void> {
    return this.#ending.finish(() => this.#runOne());
  }

  #runOne(): Promise<BatchReport> {
    return this.#inBatch.run(true, () => this.#batches.run(this.#batches.next));
  }
}

function storeOf(checkpoint: CheckpointStore | string | undefined): CheckpointStore | undefined {
  return typeof checkpoint === 'string' ? new FileCheckpoints(checkpoint) : checkpoint;
}
