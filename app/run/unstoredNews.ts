import { isDeepStrictEqual } from 'node:util';
import { NOTHING_UNSTORED, type Unstored, unstoredOf } from '../../domain/alarm/unstored.ts';
import type { Lookout } from '../../ingest/job/lookout.ts';

const LOOK_MS = 500;

/** Looks now and then at what a lookout has told and the store does not have yet, and tells when that is something else. */
export class UnstoredNews {
  readonly #onChange: (unstored: Unstored) => void;
  #timer: NodeJS.Timeout | undefined;
  #told = NOTHING_UNSTORED;

  constructor(onChange: (unstored: Unstored) => void) {
    this.#onChange = onChange;
  }

  /** Looks at this one from now on, and no longer at the one before. */
  follow(lookout: Lookout): void {
    this.stop();
    this.#timer = setInterval(() => this.#look(lookout), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(lookout: Lookout): void {
    const unstored = unstoredOf(lookout.unstored());
    if (isDeepStrictEqual(unstored, this.#told)) return;
    this.#told = unstored;
    this.#onChange(unstored);
  }
}
