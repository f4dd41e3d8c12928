import type { LogEvent } from './logEvent.ts';

/** So many lines of a kind are told in a minute. */
const LINES = 5;
const MINUTE_MS = 60_000;

interface Kind {
  readonly since: number;
  told: number;
  untold: number;
  last: LogEvent;
}

/**
 * A log of what clients do, which no client can fill: of each kind of event a few a minute are told, the others
 * are counted and told as one line when the minute is over.
 */
export class RareLog {
  readonly #onLog: (event: LogEvent) => void;
  readonly #now: () => number;
  readonly #kinds = new Map<string, Kind>();

  /** `now` gives ms of a clock that nobody sets back. */
  constructor({ onLog, now }: { readonly onLog: (event: LogEvent) => void; readonly now: () => number }) {
    this.#onLog = onLog;
    this.#now = now;
  }

  /** Tells an event, or counts it. Kinds are words of the program's own: there is no bound to their number. */
  say(kind: string, event: LogEvent): void {
    this.settle();
    const known = this.#kinds.get(kind) ?? { since: this.#now(), told: 0, untold: 0, last: event };
    this.#kinds.set(kind, known);
    known.last = event;
    if (known.told < LINES) {
      known.told++;
      this.#onLog(event);
    } else known.untold++;
  }

  /** Tells how many were left out in the minutes that are over. */
  settle(): void {
    const now = this.#now();
    for (const [kind, { since }] of this.#kinds) if (now - since >= MINUTE_MS) this.#close(kind);
  }

  /** Tells of all minutes, over or not. */
  close(): void {
    for (const kind of [...this.#kinds.keys()]) this.#close(kind);
  }

  #close(kind: string): void {
    const { untold, last } = this.#kinds.get(kind)!;
    this.#kinds.delete(kind);
    if (untold > 0) this.#onLog({ level: last.level, message: `${untold} more like this within a minute, the last: ${last.message}` });
  }
}
