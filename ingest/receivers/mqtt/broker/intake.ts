import type { Client, PublishPacket } from 'aedes';
import { HeldAcknowledgements } from '../heldAcknowledgements.ts';
import type { MessageLog } from '../messageLog.ts';
import { filtersOf, topicMatcher } from '../topicFilter.ts';
import type { BrokerBounds } from './bounds.ts';
import type { BrokerConnection } from './connection.ts';
import type { BrokerConnections } from './connections.ts';
import { FairShare } from './fairShare.ts';
import type { RareLog } from '../../../../domain/rareLog.ts';

/** So many topics that are none of ours are told; the rest would only fill the log. */
const MAX_UNTAKEN = 20;
/** What a held message costs beside its payload: packet, topic, Buffer object, callbacks. */
const MESSAGE_OVERHEAD = 1024;
const SHOWN_TOPIC = 256;

/** Lets aedes go on with a message: it acknowledges, and hands the message to its subscribers. With an error it disconnects. */
export type GoOn = (error?: Error | null) => void;

export interface IntakeOptions {
  /** Messages on topics that match this filter, or one of several, go to the journal; all others are plain traffic between clients. */
  readonly topic: string | readonly string[];
  readonly log: MessageLog;
  readonly connections: BrokerConnections;
  readonly bounds: BrokerBounds;
  readonly rare: RareLog;
  /** Told that the journal has failed. */
  readonly onFailure: (error: unknown) => void;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/**
 * Where messages come in. aedes asks before it sends PUBACK (QoS 1) or PUBREC (QoS 2), and answers only when that calls
 * back; so it calls back when the journal has the message on disk. While there is too much under way nobody is read.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #matches: (topic: string) => boolean;
  readonly #held: HeldAcknowledgements<GoOn>;
  /** Topics that were told to be none of ours. */
  readonly #untaken = new Set<string>();
  /** Whose bytes are looked at next. */
  readonly share = new FairShare<BrokerConnection>(() => !this.#isFull());
  #isOpen = false;
  #lastMessageAt: number | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const matchers = filtersOf(options.topic).map(topicMatcher);
    this.#matches = (topic) => matchers.some((matches) => matches(topic));
    this.#held = new HeldAcknowledgements<GoOn>({
      log: options.log,
      release: (due) => this.#release(due),
      fail: (error) => options.onFailure(error),
    });
  }

  /** When the last message was on disk, ms since 1970-01-01T00:00Z. */
  get lastMessageAt(): number | undefined {
    return this.#lastMessageAt;
  }

  /** How many messages wait for the journal. */
  get held(): number {
    return this.#held.length;
  }

  open(): void {
    this.#isOpen = true;
    this.#held.open();
  }

  /** Takes no message more: unanswered, it stays with its publisher. */
  shut(): void {
    this.#isOpen = false;
  }

  /** Forgets what was not acknowledged. */
  close(): void {
    this.shut();
    this.#held.close();
  }

  /** What a message costs just now: itself, and each client that it may have to be handed to. */
  messageWork(): number {
    return 1 + this.#options.connections.subscribers;
  }

  /** A connection is gone. */
  forget(connection: BrokerConnection): void {
    this.share.forget(connection);
    this.share.goOn();
  }

  /** What aedes asks of each message, wills among them. */
  take(client: Client | null, packet: PublishPacket, goOn: GoOn): void {
    const { topic } = packet;
    // aedes would keep it in memory, and there is no bound to the number of topics.
    packet.retain = false;
    if (topic.startsWith('$SYS/')) return goOn(new Error('topics below $SYS/ are the broker\'s own'));
    const connection = client ? this.#options.connections.of(client) : undefined;
    if (connection?.grant?.mayPublish(topic) === false) return this.#refuse(connection, topic, goOn);
    if (!this.#matches(topic)) {
      this.#sayUntaken(topic);
      if (connection) this.#options.connections.begin(connection);
      return goOn();
    }
    if (this.#isOpen) this.#journal(connection, packet, goOn);
  }

  /** aedes has handed a message to all its subscribers. */
  published(client: Client | null): void {
    const connection = client ? this.#options.connections.of(client) : undefined;
    if (!connection) return;
    this.#options.connections.end(connection);
    this.share.goOn();
  }

  #journal(connection: BrokerConnection | undefined, { topic, payload }: PublishPacket, goOn: GoOn): void {
    try {
      this.#held.hold(this.#options.log.append(topic, typeof payload === 'string' ? Buffer.from(payload) : payload), goOn);
    } catch (error) {
      this.#options.onFailure(error);
      return;
    }
    if (!connection) return;
    connection.taken++;
    this.#options.connections.begin(connection);
  }

  /** MQTT 3.1.1 has no answer that says no, and a yes would be a lie: the publisher keeps the message and loses its connection. */
  #refuse(connection: BrokerConnection, topic: string, goOn: GoOn): void {
    this.#options.rare.say('publish', {
      level: 'warn',
      message: `${connection.who} was disconnected: user ${connection.grant?.user} may not publish on ${shownTopic(topic)}`,
    });
    goOn(new Error('not authorized'));
  }

  /** A publisher with a slip in its topic would never hear of it: such a message is acknowledged like any other. */
  #sayUntaken(topic: string): void {
    const shown = shownTopic(topic);
    if (this.#untaken.size >= MAX_UNTAKEN || this.#untaken.has(shown)) return;
    this.#untaken.add(shown);
    this.#options.rare.say('untaken', {
      level: 'warn',
      message:
        `messages on ${shown} are passed on but not taken as readings: receivers.mqtt.topic is ` +
        filtersOf(this.#options.topic).join(', '),
    });
  }

  #release(due: readonly GoOn[]): void {
    this.#lastMessageAt = this.#options.now();
    for (const goOn of due) goOn();
    this.share.goOn();
  }

  #isFull(): boolean {
    const { log, bounds, connections } = this.#options;
    const passing = Math.max(0, connections.passing - this.#held.length);
    return (
      log.queuedBytes + this.#held.length * MESSAGE_OVERHEAD > bounds.queuedBytes || passing * this.messageWork() > bounds.deliveries
    );
  }
}

function shownTopic(topic: string): string {
  return JSON.stringify(topic.length > SHOWN_TOPIC ? `${topic.slice(0, SHOWN_TOPIC)}…` : topic);
}
