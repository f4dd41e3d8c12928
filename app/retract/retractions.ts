import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { KeptActs } from '../../storage/files/keptActs.ts';
import { carryOut, type CarryOutOptions } from './carryOut.ts';

/** The log is looked at this often, ms. */
const LOOK_MS = 250;

export interface RetractionsOptions extends Omit<CarryOutOptions, 'acts'> {
  readonly log: KeptActs;
  readonly now: () => number;
  readonly onLog: (event: LogEvent) => void;
}

/** Looks, between the steps of a running job, whether somebody wants readings taken back, and does it. */
export class Retractions {
  readonly #options: RetractionsOptions;
  #lookedAt = -Infinity;
  /** How many acts are done, or nothing to do with it. */
  #seen = 0;
  #generation = 0;
  #troubled = false;

  constructor(options: RetractionsOptions) {
    this.#options = options;
  }

  /** Does what has come since the last look. Throws what the table throws. */
  async look(): Promise<void> {
    const { log, now, signal } = this.#options;
    const at = now();
    if (at - this.#lookedAt < LOOK_MS || signal?.aborted) return;
    this.#lookedAt = at;
    const acts = this.#read();
    if (log.generation !== this.#generation) this.#seen = 0;
    this.#generation = log.generation;
    if (acts.length === this.#seen) return;
    if (acts.slice(this.#seen).some(({ kind }) => kind === 'retract')) await carryOut({ ...this.#options, acts: [...acts] });
    this.#seen = acts.length;
  }

  /** A log that can't be read stops no readings: that is told once, and looked at again. */
  #read(): ReturnType<KeptActs['read']> {
    const { log, onLog } = this.#options;
    try {
      const acts = log.read();
      this.#troubled = false;
      return acts;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!this.#troubled) onLog({ level: 'error', message: `nothing can be taken back meanwhile: ${messageOf(error)}` });
      this.#troubled = true;
      return [];
    }
  }
}
