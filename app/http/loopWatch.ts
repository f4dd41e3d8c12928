import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { LoopDelay } from './messages.ts';

/** It looks so often, ms: a delay shorter than that is none. */
const RESOLUTION_MS = 20;
/** A figure is of this long at least, ms, and of twice as long at most. */
const SPAN_MS = 60_000;
const NS = 1e6;

/** How late the event loop of this thread comes to its work. */
export class LoopWatch {
  #now: IntervalHistogram | undefined;
  #before: LoopDelay | undefined;
  #since = 0;

  start(): void {
    this.#now = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#now.enable();
    this.#since = performance.now();
  }

  /** Of the last minute or two, without the time that it waits between two looks. */
  delay(): LoopDelay {
    const now = delayOf(this.#now);
    const before = this.#before ?? now;
    if (performance.now() - this.#since >= SPAN_MS) {
      this.#before = now;
      this.#now?.reset();
      this.#since = performance.now();
    }
    return { p50: Math.max(now.p50, before.p50), p99: Math.max(now.p99, before.p99), max: Math.max(now.max, before.max) };
  }

  stop(): void {
    this.#now?.disable();
  }
}

function delayOf(histogram: IntervalHistogram | undefined): LoopDelay {
  if (!histogram || histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
  const late = (ns: number) => Math.max(0, ns / NS - RESOLUTION_MS);
  return { p50: late(histogram.percentile(50)), p99: late(histogram.percentile(99)), max: late(histogram.max) };
}
