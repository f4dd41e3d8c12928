import type { ServerResponse } from 'node:http';
import type { EventLog } from './eventLog.ts';

/** A reader whose connection takes nothing for so many heartbeats is gone, or as good as that. */
const MOST_BLOCKED_BEATS = 10;

/** An event, not a comment: a browser shows comments to nobody. It has no id, so a reader goes on after the last real event. */
const BEAT = 'event: heartbeat\ndata: {}\n\n';

export interface EventReaderOptions {
  /** The number of the last event that it has. */
  readonly from: number;
  /** It stays for so many heartbeats, and is then to come again, with whatever lets it in. */
  readonly beats: number;
  readonly mayRead: () => boolean;
}

/**
 * One who reads the live stream. Nothing is queued for a reader: a connection that has taken enough for now goes on with
 * the events that are remembered for all, as soon as it can take more; when the next one is no longer among them, it is cut.
 */
export class EventReader {
  readonly #response: ServerResponse;
  readonly #log: EventLog;
  readonly #mayRead: () => boolean;
  #next: number;
  #beatsLeft: number;
  #blockedBeats = 0;
  #blocked = false;

  constructor(response: ServerResponse, log: EventLog, { from, beats, mayRead }: EventReaderOptions) {
    this.#response = response;
    this.#log = log;
    this.#next = from + 1;
    this.#beatsLeft = beats;
    this.#mayRead = mayRead;
  }

  /** Writes a text, and what there is to tell; to be called once. */
  start(text: string): void {
    this.#response.on('drain', () => {
      this.#blocked = false;
      this.#blockedBeats = 0;
      this.advance();
    });
    this.#write(text);
    this.advance();
  }

  /** Writes the events that it has not had, as many as the connection takes. */
  advance(): void {
    if (this.#gone) return;
    while (!this.#blocked && this.#next <= this.#log.last) {
      const event = this.#log.at(this.#next);
      if (!event) return this.cut();
      this.#next++;
      this.#write(event.bytes);
    }
    if (this.#next < this.#log.first) this.cut();
  }

  /** Shows that the connection lives. */
  beat(): void {
    if (this.#gone || (this.#blocked && ++this.#blockedBeats >= MOST_BLOCKED_BEATS)) return this.cut();
    if (--this.#beatsLeft < 0 || !this.#mayRead()) return void this.#response.end();
    if (!this.#blocked) this.#write(BEAT);
  }

  /** Ends the connection at once; the reader comes again by itself, and hears what it has missed. */
  cut(): void {
    this.#response.destroy();
  }

  get #gone(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  #write(chunk: string | Buffer): void {
    this.#blocked = !this.#response.write(chunk);
  }
}
