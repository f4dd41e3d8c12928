import type { LiveEvent } from './schemas/live.ts';

/** An event as it goes over the wire, made once for all readers. */
export interface LoggedEvent {
  /** Counts from 1 without a gap. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** How much is remembered: whichever is reached first. */
export interface EventLogLimits {
  readonly events: number;
  readonly bytes: number;
}

const LIMITS: EventLogLimits = { events: 1000, bytes: 8_388_608 };

/**
 * The last events of the live stream, by number. An event's id is `EPOCH-NUMBER`: numbers begin anew with each epoch, so
 * that an id of an earlier process is not taken for one of this.
 */
export class EventLog {
  readonly #epoch: string;
  readonly #limits: EventLogLimits;
  readonly #events: LoggedEvent[] = [];
  #bytes = 0;
  #last = 0;

  constructor(epoch: string, limits = LIMITS) {
    this.#epoch = epoch;
    this.#limits = limits;
  }

  /** The number of the newest event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The number of the oldest event that is remembered; one more than `last` when there is none. */
  get first(): number {
    return this.#last - this.#events.length + 1;
  }

  add({ event, data }: LiveEvent): void {
    const number = ++this.#last;
    const bytes = Buffer.from(`id: ${this.idOf(number)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    this.#events.push({ number, bytes });
    this.#bytes += bytes.length;
    while (this.#events.length > this.#limits.events || (this.#bytes > this.#limits.bytes && this.#events.length > 1)) {
      this.#bytes -= this.#events.shift()!.bytes.length;
    }
  }

  /** An event by its number, or undefined when it is not remembered. */
  at(number: number): LoggedEvent | undefined {
    return number < this.first ? undefined : this.#events[number - this.first];
  }

  idOf(number: number): string {
    return `${this.#epoch}-${number}`;
  }

  /** The number of the event with an id; undefined when it is not of this epoch, or what came after it is not remembered. */
  numberOf(id: string): number | undefined {
    const [epoch, text, ...rest] = id.split('-');
    const number = Number(text);
    if (epoch !== this.#epoch || rest.length > 0 || !/^\d{1,15}$/.test(text)) return undefined;
    return number >= this.first - 1 && number <= this.#last ? number : undefined;
  }
}
