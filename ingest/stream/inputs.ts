import type { LogEvent } from '../../domain/logEvent.ts';
import type { StreamSource } from './source.ts';

/** The sources of a context, in the order in which they were added. */
export class Inputs {
  readonly #inputs: { readonly source: StreamSource<unknown>; taken: number }[] = [];

  /** Adds a source; gives what takes a batch of it. */
  add<T>(source: StreamSource<T>): (time: number) => Promise<readonly T[]> {
    const input = { source, taken: 0 };
    this.#inputs.push(input);
    return async (time) => {
      const items = await source.take(time);
      input.taken = items.length;
      return items;
    };
  }

  /** Something was received and has not been taken. */
  get pending(): boolean {
    return this.#inputs.some(({ source }) => source.pending?.());
  }

  /** There are sources, and nothing will come of any. */
  get ended(): boolean {
    return this.#inputs.length > 0 && this.#inputs.every(({ source }) => source.ended?.());
  }

  /** Items of the last batch by source. */
  taken(): Record<string, number> {
    return Object.fromEntries(this.#inputs.map(({ source, taken }, i) => [source.name ?? `${i} ${source.kind}`, taken]));
  }

  async start(onLog: (event: LogEvent) => void): Promise<void> {
    for (const { source } of this.#inputs) await source.start?.(onLog);
  }

  async committed(): Promise<void> {
    for (const { source } of this.#inputs) await source.committed?.();
  }

  /** Stops all; those that fail keep the others from nothing. */
  async stop(onError: (error: unknown) => void): Promise<void> {
    await this.#each((source) => source.stop?.(), onError);
  }

  /** As {@link stop}. */
  async close(onError: (error: unknown) => void): Promise<void> {
    await this.#each((source) => source.close?.(), onError);
  }

  async #each(act: (source: StreamSource<unknown>) => void | Promise<void>, onError: (error: unknown) => void): Promise<void> {
    for (const { source } of this.#inputs) {
      try {
        await act(source);
      } catch (error) {
        onError(error);
      }
    }
  }
}
