/** Three heartbeats of the server, less than ten seconds. */
const SILENT_TICKS = 9;
const TICK_MS = 1000;

/**
 * Barks once nothing was heard for nine seconds: heartbeats come every three. Seconds are counted by a timer, not by the clock: where
 * the page itself was busy, or its tab asleep, what came meanwhile is heard before it is missed. A page that is looked at again, or
 * whose network is back, looks at the clock.
 */
export class Watchdog {
  #ticks = 0;
  #heardAt = Date.now();
  readonly #bark: () => void;
  readonly #timer = setInterval(() => {
    if (++this.#ticks >= SILENT_TICKS) this.#end();
  }, TICK_MS);
  readonly #wake = () => {
    if (document.visibilityState === 'visible' && Date.now() - this.#heardAt > SILENT_TICKS * TICK_MS) this.#end();
  };

  constructor(bark: () => void) {
    this.#bark = bark;
    document.addEventListener('visibilitychange', this.#wake);
    window.addEventListener('online', this.#wake);
  }

  /** Something was heard. */
  pat(): void {
    this.#ticks = 0;
    this.#heardAt = Date.now();
  }

  stop(): void {
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#wake);
    window.removeEventListener('online', this.#wake);
  }

  #end(): void {
    this.stop();
    this.#bark();
  }
}
