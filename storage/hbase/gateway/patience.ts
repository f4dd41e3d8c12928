import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
} from 'cockatiel';
import { AppError } from '../../../domain/errors.ts';
import type { StoreAway } from '../../table/remote.ts';
import { GatewayFailure } from './failure.ts';
import type { StoreEvent } from './options.ts';
import { Outage } from './outage.ts';

/** What a call is for: it decides what is said when waiting begins and ends. */
export type Purpose = 'read' | 'write';

/** How long to wait, and whom to tell. */
export interface PatienceOptions {
  /** The store's name in messages. */
  readonly name: string;
  /** How long a store may be away before a call fails, in ms; Infinity waits for ever. */
  readonly patienceMs: number;
  /** How long without a failure makes an empty answer believable, in ms; 3 s if absent. */
  readonly calmMs?: number | undefined;
  /** Ends all waiting. */
  readonly signal?: AbortSignal | undefined;
  readonly onLog?: ((event: StoreEvent) => void) | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** So many failures in a row open the breaker; from then on one call at a time finds out whether the store is back. */
const FAILURES = 5;
const CALM_MS = 3000;
/** A call that is under way when waiting is to end gets so long to end well. */
const GRACE_MS = 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const CONSEQUENCE: Readonly<Record<Purpose, string>> = { write: 'rows wait', read: 'waiting for it to come back' };
const ADVICE: Readonly<Record<Purpose, string>> = {
  write: 'nothing is lost: what is not stored yet waits in the journal and the inbox',
  read: 'ask again when it is back',
};

/** A `run`: `over` ends its attempts and its pauses. */
interface Wait {
  readonly over: AbortController;
  attempt: Promise<unknown> | undefined;
  timer: NodeJS.Timeout | undefined;
  failed: boolean;
}

/**
 * Makes calls again until they succeed or patience is at its end.
 *
 * A `run`:
 *
 *            ┌───── #retry: after 0.1 s, later after up to 5 s ─────┐
 *            ▼                                                      │
 *   run ► calling ── absent, or the breaker is open: #hasFailed ► pausing
 *            │                                                      │
 *            ├─ the call succeeds ► its result                      │ #endIn: patienceMs since the outage began
 *            ├─ poison, tooLarge, no GatewayFailure ► that error    │ #endSoon: the options' signal (a first call has GRACE_MS)
 *            └───────────────────────┬──────────────────────────────┘ close: at once
 *                                    ▼
 *                           over ► STORE_UNAVAILABLE
 *
 * The breaker, which all calls of a store share (#newBreaker):
 *
 *   closed ── FAILURES absences in a row, or one refusal ► open: calls fail without being made
 *      ▲                                                    │   ▲
 *      │                  0.1 s, later up to 5 s, have passed   │ absent
 *      │                                                    ▼   │
 *      └──────────────── succeeds ──────────────────── half-open: one call is made, the others fail
 *
 * #closableBreaker puts a new one in place of a breaker that a clock which was set back would keep open. What is known of the
 * absence itself, and is told, is `Outage`'s: #attempt tells it of each call.
 */
export class Patience {
  readonly #options: PatienceOptions;
  readonly #outage: Outage;
  readonly #retry = retry(handleWhen(waitingHelps), {
    maxAttempts: Infinity, backoff: new ExponentialBackoff({ initialDelay: FIRST_PAUSE_MS, maxDelay: LONGEST_PAUSE_MS }),
  }).dangerouslyUnref(); // The timer of the wait keeps the process running, and no longer than the wait.
  #breaker: CircuitBreakerPolicy | undefined;
  #openedAt = -Infinity;
  #openedAtClock = -Infinity;
  readonly #waits = new Set<Wait>();

  constructor(options: PatienceOptions) {
    this.#options = options;
    this.#outage = new Outage(options.name, options.onLog);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /**
   * Makes a call until it succeeds; it must bear being made again, and end when its signal says so. Throws at once what
   * no waiting helps against (`poison`, `tooLarge`, and what is no failure of the gateway), and AppError
   * STORE_UNAVAILABLE when patience is at its end.
   */
  async run<T>(purpose: Purpose, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const wait: Wait = { over: new AbortController(), attempt: undefined, timer: undefined, failed: false };
    const { signal } = wait.over;
    this.#waits.add(wait);
    if (this.#options.signal?.aborted === true) this.#endSoon(wait);
    try {
      const calls = this.#retry.execute(() => {
        signal.throwIfAborted();
        const attempt = this.#attempt(wait, purpose, call);
        wait.attempt = attempt;
        return attempt;
      });
      return await Promise.race([calls, abortion(signal)]);
    } catch (error) {
      // Its body may be used again as soon as this has returned.
      await wait.attempt?.catch(() => undefined);
      throw signal.aborted
        ? new AppError('STORE_UNAVAILABLE', `${this.#outage.toString()}; ${ADVICE[purpose]}`, { cause: this.#outage.reason })
        : error;
    } finally {
      clearTimeout(wait.timer);
      this.#waits.delete(wait);
      wait.over.abort();
    }
  }

  /** Since when the store has been away; undefined when it answers, or is not away long enough to speak of. */
  away(): StoreAway | undefined {
    return this.#outage.away();
  }

  /**
   * Gives an answer that was made in calm: when `isEmpty` and a call failed shortly before or during the making, it is
   * made again once nothing has failed for a while. For a store that has just come back may say that nothing is there.
   */
  async sure<T>(make: () => Promise<T>, isEmpty: (answer: T) => boolean): Promise<T> {
    const { calmMs = CALM_MS, name, signal } = this.#options;
    for (;;) {
      const startedAt = performance.now();
      const answer = await make();
      if (!isEmpty(answer) || this.#outage.lastAt < startedAt - calmMs) return answer;
      for (let left; (left = this.#outage.lastAt + calmMs - performance.now()) >= 0;) {
        await pause(left + 1, undefined, signal && { signal }).catch((cause: unknown) => {
          throw new AppError(
            'STORE_UNAVAILABLE',
            `${name} was away a moment ago, and the wait for a sure answer was ended; ${ADVICE.read}`,
            { cause },
          );
        });
      }
    }
  }

  /** Ends all waiting. */
  close(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    for (const wait of this.#waits) wait.over.abort();
  }

  readonly #onAbort = (): void => {
    for (const wait of this.#waits) this.#endSoon(wait);
  };

  async #attempt<T>(wait: Wait, purpose: Purpose, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await this.#closableBreaker().execute(async () => {
        try {
          const result = await call(wait.over.signal);
          this.#outage.succeeded();
          return result;
        } catch (error) {
          if (isAbsence(error) && !wait.over.signal.aborted) this.#outage.failed(error, startedAt);
          else if (error instanceof GatewayFailure && !isAbsence(error)) this.#outage.succeeded();
          throw error;
        }
      });
    } catch (error) {
      if (waitingHelps(error)) this.#hasFailed(wait, purpose);
      throw error;
    }
  }

  /** From its first failure on, a wait ends when patience does. */
  #hasFailed(wait: Wait, purpose: Purpose): void {
    const { patienceMs, signal } = this.#options;
    const since = this.#outage.since ?? performance.now();
    wait.failed = true;
    this.#endIn(wait, signal?.aborted === true ? 0 : since + patienceMs - performance.now());
    this.#outage.tell(CONSEQUENCE[purpose], this.#openedAt >= since);
  }

  #endSoon(wait: Wait): void {
    this.#endIn(wait, wait.failed ? 0 : GRACE_MS);
  }

  #endIn(wait: Wait, ms: number): void {
    clearTimeout(wait.timer);
    if (ms <= 0) wait.over.abort();
    else wait.timer = setTimeout(() => this.#endIn(wait, ms - LONGEST_TIMER_MS), Math.min(ms, LONGEST_TIMER_MS));
  }

  #closableBreaker(): CircuitBreakerPolicy {
    // The library's breaker goes by the system's clock: one that was set back would keep it open for as long.
    const stuck = this.#breaker?.state === CircuitState.Open && Date.now() < this.#openedAtClock;
    if (!this.#breaker || stuck) this.#breaker = this.#newBreaker();
    return this.#breaker;
  }

  #newBreaker(): CircuitBreakerPolicy {
    const consecutive = new ConsecutiveBreaker(FAILURES);
    const breaker = circuitBreaker(handleWhen(isAbsence), {
      halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_PAUSE_MS, maxDelay: LONGEST_PAUSE_MS }),
      breaker: {
        state: undefined,
        success: () => consecutive.success(),
        // A refusal is meant: it needs no repetition to be believed.
        failure: () => consecutive.failure() || this.#outage.reason?.kind === 'refused',
      },
    });
    breaker.onBreak(() => {
      this.#openedAt = performance.now();
      this.#openedAtClock = Date.now();
    });
    return breaker;
  }
}

/** A failure that says that the store is away, for this call at least. */
function isAbsence(error: unknown): error is GatewayFailure {
  return error instanceof GatewayFailure && error.kind !== 'poison' && error.kind !== 'tooLarge';
}

function waitingHelps(error: unknown): boolean {
  return error instanceof BrokenCircuitError || isAbsence(error);
}

/** Rejects when a signal says so. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('waiting has ended')), { once: true });
  });
}
