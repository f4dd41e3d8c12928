import { performance } from 'node:perf_hooks';
import type { StoreAway } from '../../table/remote.ts';
import type { GatewayFailure } from './failure.ts';
import type { StoreEvent } from './options.ts';

/** Shorter ones are nobody's concern. */
const WORTH_TELLING_MS = 1000;

/** What is known of a store's absence, from the first failed call to the next that succeeds. Intervals are those of the monotonic clock. */
export class Outage {
  readonly #name: string;
  readonly #onLog: ((event: StoreEvent) => void) | undefined;
  #trouble: { readonly since: number; readonly sinceClock: number } | undefined;
  #last: GatewayFailure | undefined;
  #lastAt = -Infinity;
  #told = false;

  constructor(name: string, onLog: ((event: StoreEvent) => void) | undefined) {
    this.#name = name;
    this.#onLog = onLog;
  }

  /** A call that began at `startedAt` failed. */
  failed(failure: GatewayFailure, startedAt: number): void {
    const now = performance.now();
    this.#trouble ??= { since: startedAt, sinceClock: Date.now() - (now - startedAt) };
    this.#last = failure;
    this.#lastAt = now;
  }

  /** A call was answered. */
  succeeded(): void {
    if (this.#told) this.#onLog?.({ level: 'info', message: `${this.#name} is back after ${this.#length()}` });
    this.#trouble = undefined;
    this.#told = false;
  }

  /** Warns once of what lasts, or is sure to; `consequence` says what that means. */
  tell(consequence: string, sure: boolean): void {
    if (!this.#trouble) return;
    const reason = this.#last?.message ?? '';
    if (this.#told || !(sure || performance.now() - this.#trouble.since >= WORTH_TELLING_MS)) {
      this.#onLog?.({ level: 'debug', message: `${this.#name}: ${reason}` });
      return;
    }
    this.#told = true;
    this.#onLog?.({ level: 'warn', message: `${this.#name} is away: ${reason}; ${consequence}` });
  }

  /** When it began; undefined while all is well. */
  get since(): number | undefined {
    return this.#trouble?.since;
  }

  /** When a call failed last; -Infinity if none did. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** The failure of the last call that failed. */
  get reason(): GatewayFailure | undefined {
    return this.#last;
  }

  /** Undefined while all is well, and in an absence that is too short to speak of. */
  away(): StoreAway | undefined {
    return this.#told && this.#trouble ? { since: this.#trouble.sinceClock, reason: this.#last?.message ?? '' } : undefined;
  }

  /** What can be said of it when waiting ends. */
  toString(): string {
    if (!this.#trouble) return `${this.#name} was not waited for any longer`;
    const { status, kind, message = '' } = this.#last ?? {};
    // What was waited for is told, not how long it has been away: that nobody knows.
    return `${this.#name} ${status === undefined && kind !== 'refused' ? 'did not answer' : 'could not be used'} for ` +
      `${this.#length()}: ${message}`;
  }

  #length(): string {
    const seconds = (performance.now() - (this.#trouble?.since ?? performance.now())) / 1000;
    return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  }
}
