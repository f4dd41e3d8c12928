/** Work that all connections together may bring in one turn of the event loop: about 5 ms. Handing a message to one client counts 1. */
const WORK_PER_TURN = 512;
/** What one may bring at a time. */
const WORK_AT_ONCE = 256;

/** A connection that wants to be read. */
export interface Reader {
  /** What it has to answer for so far, in work; it adds to that, and {@link FairShare} does when it comes back after a while. */
  used: number;
  /** Brings some work, about so much at most; gives how much it was. It asks again if there is more. */
  take(work: number): number;
}

/**
 * Whose bytes are looked at next: of the connections that have some, the one that has the least to answer for. So
 * whoever sends a little is not behind those who send much, however many they are. Having been quiet saves nothing up:
 * who comes, or comes again, begins where the one stands that was read last.
 */
export class FairShare<T extends Reader> {
  readonly #waiting = new Set<T>();
  readonly #mayRead: () => boolean;
  /** What the one had to answer for that was read last. */
  #floor = 0;
  #isDue = false;

  /** While `mayRead` says no nobody is read; {@link goOn} is to be called when that may have changed. */
  constructor(mayRead: () => boolean) {
    this.#mayRead = mayRead;
  }

  /** A connection has bytes to look at, or wants some. */
  ask(reader: T): void {
    if (!this.#waiting.has(reader)) {
      reader.used = Math.max(reader.used, this.#floor);
      this.#waiting.add(reader);
    }
    this.goOn();
  }

  /** A connection is gone. */
  forget(reader: T): void {
    this.#waiting.delete(reader);
  }

  goOn(): void {
    if (this.#isDue || this.#waiting.size === 0 || !this.#mayRead()) return;
    this.#isDue = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isDue = false;
    for (let left = WORK_PER_TURN; left > 0 && this.#waiting.size > 0 && this.#mayRead(); ) {
      const reader = this.#next();
      this.#waiting.delete(reader);
      this.#floor = reader.used;
      left -= reader.take(WORK_AT_ONCE);
    }
    this.goOn();
  }

  #next(): T {
    let least: T | undefined;
    for (const reader of this.#waiting) if (!least || reader.used < least.used) least = reader;
    return least!;
  }
}
