import { setTimeout } from 'node:timers/promises';

/** What tells a context when a batch is due. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves when it is that time, the signal is given, or the clock was set. */
  waitUntil(time: number, signal: AbortSignal): Promise<void>;
  /** ms since any moment, by a clock that nobody sets: by it a context sees that this one was. */
  elapsed?(): number;
  /** It makes nobody wait: recorded data in its own time, which need not be that of the last checkpoint. */
  readonly jumps?: boolean;
}

/** Further apart than that after a second's wait, the clock was set. */
const SET_MS = 1000;

/** The system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async waitUntil(time, signal) {
    // In pieces: the clock may be set while we wait.
    const offset = Date.now() - performance.now();
    for (let left = time - Date.now(); left > 0 && !signal.aborted; left = time - Date.now()) {
      await setTimeout(Math.min(left, 1000), undefined, { signal }).catch(() => undefined);
      if (Math.abs(Date.now() - performance.now() - offset) > SET_MS) return;
    }
  },
};

/** A clock that jumps to the next batch: recorded data runs through as fast as it can be computed, in its own time. */
export function replayClock(start: number): Clock {
  let now = start;
  return {
    jumps: true,
    now: () => now,
    async waitUntil(time) {
      now = Math.max(now, time);
    },
  };
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  readonly #waiting = new Set<() => void>();
  #now: number;

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const look of [...this.#waiting]) look();
  }

  async waitUntil(time: number, signal: AbortSignal): Promise<void> {
    if (this.#now >= time || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#now < time && !signal.aborted) return;
        this.#waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look);
    });
  }
}
