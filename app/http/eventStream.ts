import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { EventLog, type EventLogLimits } from './eventLog.ts';
import { EventReader } from './eventReader.ts';
import type { LiveEvent } from './schemas/live.ts';

export interface EventStreamOptions {
  readonly readers?: number;
  readonly heartbeatMs?: number;
  /** How long a connection lasts: who may read is asked again when it is made anew. */
  readonly sessionMs?: number;
  readonly remembered?: EventLogLimits;
}

/** Who reads. */
export interface Admission {
  /** The id of the last event that it has: it hears what came after that, or `reset` when that is not known any more. */
  readonly lastId: string | undefined;
  /** Asked at each heartbeat. */
  readonly mayRead: () => boolean;
}

const MOST_READERS = 1000;
/** Whoever misses three of them may say within ten seconds that nothing comes any more. */
const HEARTBEAT_MS = 3000;
const SESSION_MS = 3_600_000;
const RETRY_MS = 2000;

/** The live stream, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #log: EventLog;
  readonly #readers = new Set<EventReader>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EventStreamOptions = {}) {
    this.#options = options;
    // Not the time: two threads may begin within a millisecond.
    this.#log = new EventLog(randomBytes(6).toString('hex'), options.remembered);
  }

  /** How many read it just now. */
  get readers(): number {
    return this.#readers.size;
  }

  /** Whether there is no room for another reader. */
  get full(): boolean {
    return this.#readers.size >= (this.#options.readers ?? MOST_READERS);
  }

  start(): void {
    this.#timer = setInterval(() => this.#readers.forEach((reader) => reader.beat()), this.#options.heartbeatMs ?? HEARTBEAT_MS);
    this.#timer.unref();
  }

  /** Tells all readers. */
  send(event: LiveEvent): void {
    this.#log.add(event);
    for (const reader of this.#readers) reader.advance();
  }

  /**
   * Lets somebody read, whose headers are written, until the connection ends, or a heartbeat finds that it may not any more.
   */
  admit(response: ServerResponse, { lastId, mayRead }: Admission): void {
    const { heartbeatMs = HEARTBEAT_MS, sessionMs = SESSION_MS } = this.#options;
    const resumed = lastId === undefined ? this.#log.last : this.#log.numberOf(lastId);
    const from = resumed ?? this.#log.last;
    const reader = new EventReader(response, this.#log, { from, mayRead, beats: Math.ceil(sessionMs / heartbeatMs) });
    this.#readers.add(reader);
    response.on('close', () => this.#readers.delete(reader));
    // An id by itself is no event, yet a client comes again with it: nothing is missed between now and the first event.
    reader.start(`retry: ${RETRY_MS}\nid: ${this.#log.idOf(from)}\n${resumed === undefined ? 'event: reset\ndata: {}\n' : ''}\n`);
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.#timer);
    for (const reader of this.#readers) reader.cut();
  }
}
