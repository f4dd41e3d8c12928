import type { StepBuffer } from '../decode/stepBuffer.ts';

/** A small step goes to the table when it has this many rows, or its first row has waited this long. */
const SMALL_ROWS = 4096;
const SMALL_MS = 500;

/**
 * The journal's step that waits for company: rewriting the last block of each pump for every message would write ten
 * times what the journal does. Its rows are in the journal, so they are safe while they wait.
 */
export class SmallStep {
  readonly #buffer: StepBuffer;
  #since: number | undefined;

  constructor(buffer: StepBuffer) {
    this.#buffer = buffer;
  }

  /** Whether rows wait in it. */
  get isHeld(): boolean {
    return this.#since !== undefined;
  }

  /** Rows have come into it. */
  hold(at: number): void {
    this.#since ??= at;
  }

  /** Whether it is large or old enough. */
  isDue(now: number): boolean {
    return this.#buffer.full || this.#buffer.size >= SMALL_ROWS || now >= this.#dueAt;
  }

  /** How long it may still wait, ms; at least one. */
  leftMs(now: number): number {
    return Math.max(1, this.#dueAt - now);
  }

  /** It went to the table. */
  clear(): void {
    this.#since = undefined;
  }

  get #dueAt(): number {
    return this.#since === undefined ? Infinity : this.#since + SMALL_MS;
  }
}
