import { performance } from 'node:perf_hooks';
import { setImmediate as othersHaveRun } from 'node:timers/promises';

/** So long one piece of work may hold up the others of its thread, in ms. */
const TURN_MS = 8;

/** Cuts long work into turns: between two of them the other work of the thread runs. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #beganAt = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** To be awaited between small pieces of work: lets the others run when the turn is over. Throws the signal's reason. */
  async next(): Promise<void> {
    if (performance.now() - this.#beganAt < TURN_MS) return;
    await othersHaveRun();
    this.#beganAt = performance.now();
    this.#signal?.throwIfAborted();
  }
}
