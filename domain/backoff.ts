/** Bounds of the waits between attempts. */
export interface BackoffLimits {
  /** The first wait, ms. */
  readonly minMs: number;
  /** No wait is longer, ms. */
  readonly maxMs: number;
}

/**
 * How long to wait before the next attempt: twice as long each time, and between half and all of that
 * by chance, so that the clients of a broker that comes back don't all come at once.
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #attempts = 0;

  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** The next wait in ms. */
  next(): number {
    const { minMs, maxMs } = this.#limits;
    const full = Math.min(maxMs, minMs * 2 ** this.#attempts);
    this.#attempts += 1;
    return full * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
