import { messageOf } from '../../../domain/errors.ts';
import type { BrokerTerms } from './brokerTerms.ts';
import type { JournalledClient } from './client.ts';

/** Times of the heartbeat, ms. */
export interface HeartbeatLimits {
  readonly everyMs: number;
  /** Nothing that came for so long after a beat means that nothing comes. */
  readonly answerMs: number;
}

export interface HeartbeatOptions {
  readonly clientId: string;
  readonly limits: HeartbeatLimits;
  readonly terms: BrokerTerms;
  /** The connection stands, but nothing comes: told after each beat without an answer. */
  readonly onDeaf: () => void;
  /** Something comes again. */
  readonly onHeard: () => void;
}

/**
 * Proves that a connection hears: publishes to a topic of our own, to which the same session is subscribed. A broker may
 * keep a connection and have forgotten its subscriptions, and then nothing comes for ever while all looks well. Where the
 * broker's rules don't allow it, or a beat never came back, that is said once, and nothing follows from silence.
 */
export class Heartbeat {
  readonly topic: string;
  readonly #options: HeartbeatOptions;
  #client: JournalledClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;
  /** Whether a beat ever came back: only then silence means something. */
  #proven = false;
  #deaf = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.topic = heartbeatTopic(options.clientId);
  }

  /** Begins on a connection that is subscribed, also after it was subscribed again. */
  begin(client: JournalledClient): void {
    this.#client = client;
    clearTimeout(this.#timer);
    if (this.#options.terms.heartbeat) void this.#subscribe(client);
  }

  /** A message came, of whatever topic. */
  heard(topic: string): void {
    this.#waiting = false;
    if (topic === this.topic && this.#client) {
      this.#proven = true;
      this.#options.terms.heartbeatCame();
    }
    if (!this.#deaf) return;
    this.#deaf = false;
    this.#options.onHeard();
  }

  /** Whether a beat is under way, and none ever came back. */
  get doubtful(): boolean {
    return this.#waiting && !this.#proven;
  }

  /** The connection is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#client = undefined;
    this.#waiting = false;
    this.#deaf = false;
  }

  async #subscribe(client: JournalledClient): Promise<void> {
    this.#waiting = true;
    try {
      await client.subscribe(this.topic, 0);
    } catch (error) {
      if (client.connected) this.#options.terms.noHeartbeat(this.topic, messageOf(error));
      return;
    }
    this.#beat(client);
  }

  #beat(client: JournalledClient): void {
    const { limits, terms } = this.#options;
    if (this.#client !== client || !client.connected || !terms.heartbeat) return;
    clearTimeout(this.#timer);
    this.#waiting = true;
    client.publish(this.topic, 'beat', { qos: 0, retain: false }).catch((error: unknown) => {
      if (client.connected) terms.noHeartbeat(this.topic, messageOf(error));
    });
    this.#timer = setTimeout(() => this.#look(client), limits.answerMs).unref();
  }

  #look(client: JournalledClient): void {
    const { limits, terms, onDeaf } = this.#options;
    // Nobody reads while the journal is behind.
    if (!this.#waiting || client.paused) {
      this.#timer = setTimeout(() => this.#beat(client), limits.everyMs).unref();
      return;
    }
    if (!this.#proven) {
      terms.noHeartbeat(this.topic, `nothing came within ${limits.answerMs / 1000} s`);
      return;
    }
    this.#deaf = true;
    onDeaf();
  }
}

/** Where a client publishes to itself. */
export function heartbeatTopic(clientId: string): string {
  return `wellwatch/${clientId}/heartbeat`;
}
