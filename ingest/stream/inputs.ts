import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { BatchReport } from './batchReport.ts';
import { type RateOptions, SourceRate } from './sourceRate.ts';
import type { StreamSource } from './source.ts';
import type { StreamingListener } from './streamingListener.ts';

interface Input {
  readonly source: StreamSource<unknown>;
  /** In reports, and for listeners. */
  readonly name: string;
  readonly rate: SourceRate;
  /** What the batch that is being run has of it. */
  items: readonly unknown[];
  started: boolean;
}

export interface InputsOptions extends RateOptions {
  /** ms between two batches. */
  readonly batchInterval: number;
  readonly onEvent: (event: LogEvent) => void;
  readonly tell: (call: (listener: StreamingListener) => unknown) => void;
}

/** The sources of a context, in the order in which they were added. */
export class Inputs {
  readonly #options: InputsOptions;
  readonly #inputs: Input[] = [];

  constructor(options: InputsOptions) {
    this.#options = options;
  }

  /** Adds a source; gives what reads its items of the batch that is being run. */
  add<T>(source: StreamSource<T>): () => readonly T[] {
    const name = source.name ?? `${this.#inputs.length} ${source.kind}`;
    const input: Input = { source, name, rate: new SourceRate(this.#options.batchInterval, this.#options), items: [], started: false };
    this.#inputs.push(input);
    return () => input.items as readonly T[];
  }

  /** Something was received and has not been taken. */
  get pending(): boolean {
    return this.#inputs.some(({ source }) => source.pending?.());
  }

  /** There are sources, and nothing will come of any. */
  get ended(): boolean {
    return this.#inputs.length > 0 && this.#inputs.every(({ source }) => source.ended?.());
  }

  /** Takes a batch of each source; gives how many items, by name. Rejects with the first error of one. */
  async take(time: number): Promise<Record<string, number>> {
    for (const input of this.#inputs) {
      try {
        input.items = await input.source.take(time, input.rate.limit);
      } catch (error) {
        this.#failed(input, error);
        throw error;
      }
    }
    return Object.fromEntries(this.#inputs.map(({ name, items }) => [name, items.length]));
  }

  /** Lets go of the batch. */
  release(): void {
    for (const input of this.#inputs) input.items = [];
  }

  /** Starts all, one after the other, up to the first that fails. */
  async start(): Promise<void> {
    for (const input of this.#inputs) {
      const { source, name } = input;
      if (!source.start) continue;
      try {
        await source.start(this.#options.onEvent, (message) => this.#failed(input, message));
      } catch (error) {
        this.#failed(input, error);
        throw error;
      }
      input.started = true;
      this.#options.tell((listener) => listener.onReceiverStarted?.(name));
    }
  }

  /** The batch's state is durable: what was taken need not be given again, and the rates follow. */
  async committed(report: BatchReport): Promise<void> {
    for (const { source, name, rate } of this.#inputs) {
      rate.add(report.inputs[name], report);
      await source.committed?.();
    }
  }

  /** Stops all; those that fail keep the others from nothing. */
  async stop(onError: (error: unknown) => void): Promise<void> {
    await this.#each(async ({ source, name, started }) => {
      await source.stop?.();
      if (started) this.#options.tell((listener) => listener.onReceiverStopped?.(name));
    }, onError);
  }

  /** As {@link stop}. */
  async close(onError: (error: unknown) => void): Promise<void> {
    await this.#each(async ({ source }) => source.close?.(), onError);
  }

  #failed({ name }: Input, error: unknown): void {
    this.#options.tell((listener) => listener.onReceiverError?.(name, messageOf(error)));
  }

  async #each(act: (input: Input) => Promise<void>, onError: (error: unknown) => void): Promise<void> {
    for (const input of this.#inputs) {
      try {
        await act(input);
      } catch (error) {
        onError(error);
      }
    }
  }
}
