/** Lets one waiter sleep until something comes or time is up. A call that comes first is not lost. */
export class Wake {
  #called = false;
  #resolve: (() => void) | undefined;

  call(): void {
    this.#called = true;
    this.#resolve?.();
  }

  /** Resolves at the next call, at once if there has been one since the last wait, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#called = false;
    this.#resolve = undefined;
  }
}
