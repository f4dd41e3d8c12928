/**
 * The time of receipt, shared by all threads: ms since 1970-01-01T00:00Z that never fall, also when
 * the system's clock is set back. The later receipt of a row wins, so receipts must be in order.
 */
export class ReceiptClock {
  readonly #last: BigInt64Array;
  readonly #now: () => number;

  /** `shared` holds 8 bytes; hand the same buffer to each thread. `now` gives the system's time. */
  constructor(shared: SharedArrayBuffer, now: () => number) {
    this.#last = new BigInt64Array(shared);
    this.#now = now;
  }

  static shared(): SharedArrayBuffer {
    return new SharedArrayBuffer(8);
  }

  /** Now, or the last time that was given out if the system's clock is behind it. */
  next(): number {
    const now = BigInt(Math.floor(this.#now()));
    for (;;) {
      const last = Atomics.load(this.#last, 0);
      if (last >= now) return Number(last);
      if (Atomics.compareExchange(this.#last, 0, last, now) === last) return Number(now);
    }
  }

  /** Lets no later time be before this one: what was received in an earlier run stays earlier. */
  advanceTo(time: number): void {
    const floor = BigInt(Math.floor(time));
    for (;;) {
      const last = Atomics.load(this.#last, 0);
      if (last >= floor || Atomics.compareExchange(this.#last, 0, last, floor) === last) return;
    }
  }
}
