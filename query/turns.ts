import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** So long one piece of work may hold up the others of its thread, in ms. */
const TURN_MS = 2;
/** Rounds of the event loop between two turns: in each, libuv takes only one new connection. */
const ROUNDS = 4;
const REST_MS = 1;

export interface TurnsOptions {
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
  /** Whether others that do long work come first; also with the first turn. */
  readonly patient?: boolean;
  /**
   * Whether the thread sleeps between two turns, where nobody waits for the work: threads of the kernel, through which a write becomes
   * durable, would otherwise wait until the next tick of a processor that computes.
   */
  readonly rests?: boolean | undefined;
}

type Wake = () => void;

/** Who waits for a turn, in order: first those who are not patient. */
const hurried: Wake[] = [];
const patient: Wake[] = [];
let rounds = 0;

/**
 * Cuts long work into turns: between two of them the other work of the thread runs. However many do long work at the same
 * time, one at a time has its turn, so that short work waits for one turn, not for one of each.
 */
export class Turns {
  readonly #options: TurnsOptions;
  #beganAt: number;

  constructor(options: TurnsOptions = {}) {
    this.#options = options;
    this.#beganAt = options.patient === true ? -Infinity : performance.now();
  }

  /** To be awaited between small pieces of work: lets the others run when the turn is over. Throws the signal's reason. */
  async next(): Promise<void> {
    if (performance.now() - this.#beganAt < TURN_MS) return;
    if (this.#options.rests === true) await sleep(REST_MS);
    await new Promise<void>((resolve) => wait(this.#options.patient === true ? patient : hurried, resolve));
    this.#beganAt = performance.now();
    this.#options.signal?.throwIfAborted();
  }
}

function wait(queue: Wake[], wake: Wake): void {
  if (hurried.length + patient.length === 0) setImmediate(round);
  queue.push(wake);
}

function round(): void {
  rounds = (rounds + 1) % ROUNDS;
  if (rounds === 0) (hurried.shift() ?? patient.shift())?.();
  if (hurried.length + patient.length > 0) setImmediate(round);
}
