import { setImmediate } from 'node:timers/promises';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { Batches } from './batches.ts';
import type { Clock } from './clock.ts';
import { saidOfGap } from './gap.ts';
import { Leaps } from './leap.ts';

export interface ScheduleOptions {
  readonly clock: Clock;
  readonly batches: Batches;
  /** ms between two batches. */
  readonly batchInterval: number;
  readonly onEvent: (event: LogEvent) => void;
}

/** When batches are due, by the clock. */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #leaps: Leaps;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#leaps = new Leaps(options);
  }

  /** The first batch is the one after the last checkpoint, or the next by the clock; tells when these are far apart. */
  begin(): void {
    const { clock, batches, batchInterval, onEvent } = this.#options;
    const { last } = batches;
    batches.last ??= clock.now();
    if (last === undefined || clock.jumps) return;
    const event = saidOfGap({ last, now: clock.now(), batchInterval });
    if (event) onEvent(event);
  }

  /** Waits for the next batch. False when it is not due: the signal was given, or the clock was set. */
  async isDue(signal: AbortSignal): Promise<boolean> {
    const { clock, batches } = this.#options;
    await setImmediate(); // Batches that are late follow on each other: timers, signals and sockets have their turn between them.
    if (this.#wasSet()) return false;
    await clock.waitUntil(batches.next, signal);
    return !signal.aborted && !this.#wasSet() && (clock.elapsed === undefined || clock.now() >= batches.next);
  }

  /** Whether the clock was set since the last call; then the next batch may be another one. */
  #wasSet(): boolean {
    const { batches } = this.#options;
    const last = this.#leaps.after(batches.last!);
    batches.last = last ?? batches.last!;
    return last !== undefined;
  }
}
