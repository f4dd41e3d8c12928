import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Batches } from './batches.ts';
import type { StopOptions } from './contextOptions.ts';
import type { Inputs } from './inputs.ts';
import type { StreamingListener } from './streamingListener.ts';

export interface EndingOptions {
  readonly inputs: Inputs;
  readonly batches: Batches;
  readonly onEvent: (event: LogEvent) => void;
  readonly tell: (call: (listener: StreamingListener) => unknown) => void;
}

/** How a context ends: who asked for it, what is still taken, and that all is closed. */
export class Ending {
  readonly #options: EndingOptions;
  readonly #asked = new AbortController();
  #graceful = false;
  /** No batch of a graceful stop begins later, as `performance.now`. */
  #deadline = Infinity;
  #over = false;

  constructor(options: EndingOptions) {
    this.#options = options;
  }

  /** Given when the end was asked for. */
  get signal(): AbortSignal {
    return this.#asked.signal;
  }

  /** All is closed. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Asks for the end. Of several who ask, one who wants it graceful has it so, and the shortest limit holds. */
  ask({ graceful = false, limit = Infinity }: StopOptions): void {
    this.#graceful ||= graceful;
    this.#deadline = Math.min(this.#deadline, performance.now() + limit);
    this.#asked.abort();
  }

  /** Stops the sources, takes the rest if that was asked for, and closes all. Rejects with the error that the context ends with. */
  async finish(runOne: () => Promise<unknown>): Promise<void> {
    const { inputs, batches, tell } = this.#options;
    const failed = (error: unknown): void => {
      batches.fail(error);
    };
    await inputs.stop(failed);
    if (this.#graceful) await this.#takeRest(runOne);
    await inputs.close(failed);
    await batches.close().catch(failed);
    this.#over = true;
    const { failure } = batches;
    tell((listener) => listener.onJobEnded?.(failure && messageOf(failure)));
    if (failure !== undefined) throw failure;
  }

  async #takeRest(runOne: () => Promise<unknown>): Promise<void> {
    const { inputs, batches, onEvent } = this.#options;
    while (batches.failure === undefined && inputs.pending) {
      if (performance.now() > this.#deadline) {
        const message = 'the limit of the graceful stop was reached before all that was received had been taken: the rest is left';
        onEvent({ level: 'warn', message });
        return;
      }
      await runOne().catch(() => undefined); // kept as the failure
    }
  }
}
