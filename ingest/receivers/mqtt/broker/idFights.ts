import type { RareLog } from '../../../../domain/rareLog.ts';

/** Client ids that are watched at a time. */
const MOST_IDS = 1000;
/** One take-over is a client that comes back before its old connection has ended; this many in a minute are two clients. */
const FIGHT = 3;
const WINDOW_MS = 60_000;
/** How much of a client id is shown. */
const SHOWN_ID = 64;

/** Tells when two clients use one id: MQTT lets each take the connection from the other, again and again. */
export class IdFights {
  readonly #rare: RareLog;
  readonly #now: () => number;
  /** Ids that are connected. */
  readonly #connected = new Set<string>();
  /** When each id was taken over lately. */
  readonly #takenOver = new Map<string, number[]>();

  /** `now` is a clock that nobody sets back, ms. */
  constructor(rare: RareLog, now: () => number) {
    this.#rare = rare;
    this.#now = now;
  }

  /** A client with this id is let in; one that has it already is disconnected for it. */
  lets(id: string): void {
    if (this.#connected.has(id)) this.#hear(id);
  }

  came(id: string): void {
    this.#connected.add(id);
  }

  left(id: string): void {
    this.#connected.delete(id);
  }

  #hear(id: string): void {
    const now = this.#now();
    const times = [...(this.#takenOver.get(id) ?? []), now].filter((time) => time > now - WINDOW_MS).slice(-FIGHT);
    this.#takenOver.delete(id);
    this.#takenOver.set(id, times);
    if (this.#takenOver.size > MOST_IDS) this.#takenOver.delete(this.#takenOver.keys().next().value!);
    if (times.length < FIGHT) return;
    this.#takenOver.delete(id);
    this.#rare.say('id', {
      level: 'warn',
      message:
        `two clients use the id ${JSON.stringify(id.slice(0, SHOWN_ID))} at the embedded broker and take the connection from each ` +
        'other: give each an id of its own',
    });
  }
}
