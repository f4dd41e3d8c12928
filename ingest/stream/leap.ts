import type { LogEvent } from '../../domain/logEvent.ts';
import type { Clock } from './clock.ts';

/** Less than so many batches are caught up with, or waited for. */
const MANY = 10;

export interface LeapOptions {
  readonly clock: Clock;
  /** ms between two batches. */
  readonly batchInterval: number;
  readonly onEvent: (event: LogEvent) => void;
}

/**
 * Sees when the system's clock is set while batches run, by another that nobody sets: a small machine begins in the past
 * until it hears of the time, a laptop was asleep. That is no slow batch, after which others wait; in between there was
 * nothing to be taken. A clock that does not know what has elapsed never leaps.
 */
export class Leaps {
  readonly #options: LeapOptions;
  #seen: { readonly now: number; readonly elapsed: number } | undefined;

  constructor(options: LeapOptions) {
    this.#options = options;
  }

  /**
   * The time of the last batch as it should be from here on, given what it is, both ms. Undefined when the clock was not set
   * by more than a few batches since the last call; told when it was.
   */
  after(last: number): number | undefined {
    const { clock, batchInterval } = this.#options;
    if (!clock.elapsed) return undefined;
    const [before, seen] = [this.#seen, { now: clock.now(), elapsed: clock.elapsed() }];
    this.#seen = seen;
    const leap = before ? seen.now - before.now - (seen.elapsed - before.elapsed) : 0;
    if (Math.abs(leap) < MANY * batchInterval) return undefined;
    return leap > 0 ? this.#forward(last, seen.now, leap) : this.#back(last, seen.now, leap);
  }

  #forward(last: number, now: number, leap: number): number {
    const { batchInterval, onEvent } = this.#options;
    const skipped = Math.max(0, Math.floor((now - last) / batchInterval));
    const resumed = last + skipped * batchInterval;
    onEvent({
      level: 'warn',
      message: `the clock was set forward by ${Math.round(leap / 1000)} s: ${skipped} batches after that of ${iso(last)} are left out, `
        + `the next is that of ${iso(resumed + batchInterval)}`,
    });
    return resumed;
  }

  #back(last: number, now: number, leap: number): number {
    this.#options.onEvent({
      level: 'warn',
      message: `the clock was set back by ${Math.round(-leap / 1000)} s, to ${iso(now)}: no batch runs until it is later than `
        + `that of the last one, ${iso(last)}. Start anew, without the checkpoint, if the clock is right now`,
    });
    return last;
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
