import type { MessageLog } from './messageLog.ts';

export interface HeldOptions<T> {
  readonly log: MessageLog;
  /** Gets the acknowledgements that are due after a commit, in order of receipt. Must not throw. */
  readonly release: (due: T[]) => void;
  /** Told when the journal has failed: what is held stays unacknowledged for ever. Must not throw. */
  readonly fail: (error: unknown) => void;
}

/**
 * Acknowledgements that wait until the journal has their messages on disk. Reading goes on meanwhile;
 * one commit releases all that it covers.
 */
export class HeldAcknowledgements<T> {
  readonly #options: HeldOptions<T>;
  // Two columns instead of one array of pairs: no object for each message.
  #numbers: number[] = [];
  #acknowledgements: T[] = [];
  #unsubscribe: (() => void) | undefined;
  #watching = false;
  #passing = false;
  #durable = 0;

  constructor(options: HeldOptions<T>) {
    this.#options = options;
  }

  /** Begins to listen to the journal. */
  open(): void {
    this.#unsubscribe ??= this.#options.log.onDurable((upTo) => this.#release(upTo));
  }

  /** How many are held. */
  get length(): number {
    return this.#numbers.length;
  }

  /** Holds one until message `number` is on disk. Numbers come in rising order. */
  hold(number: number, acknowledgement: T): void {
    this.#numbers.push(number);
    this.#acknowledgements.push(acknowledgement);
    if (!this.#watching) this.#watch();
  }

  /** One that waits for no message of its own: it is due with those before it, all of one turn together. */
  pass(acknowledgement: T): void {
    this.#numbers.push(this.#numbers.at(-1) ?? 0);
    this.#acknowledgements.push(acknowledgement);
    if (this.#passing) return;
    this.#passing = true;
    setImmediate(() => {
      this.#passing = false;
      this.#release(this.#durable);
    });
  }

  /** Forgets what is held and listens no more. */
  close(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#numbers = [];
    this.#acknowledgements = [];
  }

  #release(upTo: number): void {
    this.#durable = upTo;
    const held = this.#numbers;
    let due = 0;
    while (due < held.length && held[due] <= upTo) due++;
    if (due === 0) return;
    const acknowledgements = this.#acknowledgements.splice(0, due);
    held.splice(0, due);
    this.#options.release(acknowledgements);
  }

  /** A journal that fails calls no listener: one flush at a time is awaited to hear of it. */
  #watch(): void {
    this.#watching = true;
    this.#options.log.flush().then(
      () => {
        this.#watching = false;
        if (this.#numbers.length > 0) this.#watch();
      },
      (error: unknown) => {
        this.#watching = false;
        if (this.#unsubscribe) this.#options.fail(error);
      },
    );
  }
}
