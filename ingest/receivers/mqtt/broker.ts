import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { AppError, messageOf, systemCode } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { withinDeadline } from './deadline.ts';
import { HeldAcknowledgements } from './heldAcknowledgements.ts';
import type { MessageLog } from './messageLog.ts';
import { limitPackets } from './packetLimit.ts';
import type { PushState, PushStatus } from './pushStatus.ts';
import { ReadGate } from './readGate.ts';
import { topicMatcher } from './topicFilter.ts';

/** So many topics that are none of ours are told; the rest would only fill the log. */
const MAX_UNTAKEN = 20;

export interface EmbeddedBrokerOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Messages on topics that match this filter go to the journal; all others are plain traffic between clients. */
  readonly topic: string;
  readonly log: MessageLog;
  readonly onLog: (event: LogEvent) => void;
  /** Bytes not on disk, overhead included, above which publishers are read no further. */
  readonly maxQueuedBytes?: number;
  /** ms for which a client may leave unread what is sent to it. */
  readonly drainMs?: number;
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
}

/** Lets aedes go on with a message: it acknowledges, and hands the message to its subscribers. */
type GoOn = (error?: Error | null) => void;

const HOST = '127.0.0.1';
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
/** What a held message costs beside its payload: packet, topic, Buffer object, callbacks. */
const MESSAGE_OVERHEAD = 1024;
/** How much of a publisher's bytes is read ahead. */
const READ_AHEAD_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 1024;
/** Payloads over 1 MiB become a reject, so they have to come through; beyond this a packet is a mistake. */
const MAX_PACKET_BYTES = 8 * 1024 * 1024;
/** While a subscriber reads nothing, aedes hands on to nobody, and so reads from nobody. */
const DRAIN_MS = 5000;
/** What aedes says of a client that left all unread for so long. */
const DRAIN_TIMEOUT = 'drain timeout';
/** Packet ids run to 65,535: MQTT itself bounds what a publisher may have under way. */
const MAX_PACKET_IDS = 65_535;
/** How long a stop waits for the journal. */
const STOP_MS = 5000;
/** How long a stop lets publishers read their last acknowledgements. */
const GOODBYE_MS = 1000;
/** How long a stop lets aedes write what it may write. */
const PUBREC_MS = 50;
/** CONNACK return code of MQTT 3.1.1. */
const UNACCEPTABLE_PROTOCOL = 1;

/**
 * The push receiver for sites without a broker: an MQTT 3.1.1 broker in this process, on the loopback
 * address. aedes asks `authorizePublish` before it sends PUBACK (QoS 1) or PUBREC (QoS 2), and answers only
 * when that calls back; so it calls back when the journal has the message on disk.
 *
 * Memory is bounded whatever arrives. Nothing is kept for absent subscribers and nothing is retained: a
 * message with the retain flag is journalled and passed on like any other. A publisher is read no further
 * while the journal is behind. A client that announces a packet over 8 MiB, or leaves what is sent to
 * it unread for 5 s, is disconnected with a warning.
 */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #matches: (topic: string) => boolean;
  readonly #held: HeldAcknowledgements<GoOn>;
  readonly #sockets = new Set<Socket>();
  /** Topics that were told to be none of ours. */
  readonly #untaken = new Set<string>();
  readonly #gate = new ReadGate(() => this.#isFull());
  #server: Server | undefined;
  #aedes: Aedes | undefined;
  #port: number;
  #state: PushState = 'connecting';
  #lastMessageAt: number | undefined;
  #lastError: string | undefined;
  #saidProtocol = false;
  /** aedes tells of one such client once for every message that waited. */
  readonly #saidSlow = new WeakSet<Client>();
  #stopped: Promise<void> | undefined;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#matches = topicMatcher(options.topic);
    this.#held = new HeldAcknowledgements<GoOn>({
      log: options.log,
      release: (due) => this.#release(due),
      fail: (error) => this.#fail(error),
    });
  }

  /** Where publishers reach it, once started. */
  get url(): string {
    return `mqtt://${HOST}:${this.#port}`;
  }

  /** Begins to listen. Throws BROKER_UNAVAILABLE when the port can't be had. */
  async start(): Promise<void> {
    const aedes = await Aedes.createBroker({
      maxInflightInbound: MAX_PACKET_IDS,
      queueLimit: MAX_PACKET_IDS,
      drainTimeout: this.#options.drainMs ?? DRAIN_MS,
      authorizePublish: (_client, packet, goOn) => this.#take(packet, goOn),
      preConnect: (_client, packet, accept) => {
        // A session for an absent subscriber would grow without bound.
        packet.clean = true;
        accept(null, true);
      },
    });
    aedes.on('clientError', (client, error) => this.#hearClientError(client, error));
    aedes.on('connectionError', (client, error) => this.#hearClientError(client, error));
    this.#aedes = aedes;
    this.#held.open();
    try {
      this.#server = await this.#listen(aedes);
    } catch (error) {
      this.#held.close();
      aedes.close();
      throw portError(this.#options.port, error);
    }
    this.#state = 'connected';
  }

  /** Accepts nothing more, waits for the journal, acknowledges what is on disk, and closes. Publishers keep the rest. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** How it is just now; `connections` are those of publishers and subscribers. */
  status(): PushStatus {
    return {
      state: this.#state,
      url: this.url,
      topic: this.#options.topic,
      connections: this.#aedes?.connectedClients ?? 0,
      lastMessageAt: this.#lastMessageAt === undefined ? null : new Date(this.#lastMessageAt).toISOString(),
      lastError: this.#lastError ?? null,
    };
  }

  #listen(aedes: Aedes): Promise<Server> {
    const server = createServer({ highWaterMark: READ_AHEAD_BYTES }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#gate.guard(socket);
      const from = `127.0.0.1:${socket.remotePort}`;
      limitPackets(socket, MAX_PACKET_BYTES, () =>
        this.#options.onLog({
          level: 'warn',
          message: `a client at ${from} was disconnected: it announced a packet of more than ${MAX_PACKET_BYTES / 1024 / 1024} MiB. Send readings in smaller messages, a line or some lines each`,
        }),
      );
      aedes.handle(socket);
    });
    server.maxConnections = MAX_CONNECTIONS;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.port, HOST, () => {
        const address = server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        server
          .off('error', reject)
          .on('error', (error) =>
            this.#options.onLog({ level: 'error', message: `the embedded broker can't accept a connection: ${error.message}` }),
          );
        resolve(server);
      });
    });
  }

  #isFull(): boolean {
    const { log, maxQueuedBytes = MAX_QUEUED_BYTES } = this.#options;
    return log.queuedBytes + this.#held.length * MESSAGE_OVERHEAD > maxQueuedBytes;
  }

  #take(packet: PublishPacket, goOn: GoOn): void {
    const { topic, payload } = packet;
    // aedes would keep it in memory, and there is no bound to the number of topics.
    packet.retain = false;
    if (topic.startsWith('$SYS/')) return goOn(new Error('topics below $SYS/ are the broker\'s own'));
    if (!this.#matches(topic)) {
      this.#sayUntaken(topic);
      return goOn();
    }
    // Unanswered, it stays with its publisher.
    if (this.#state !== 'connected') return;
    try {
      this.#held.hold(this.#options.log.append(topic, typeof payload === 'string' ? Buffer.from(payload) : payload), goOn);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A publisher with a slip in its topic would never hear of it: such a message is acknowledged like any other. */
  #sayUntaken(topic: string): void {
    if (this.#untaken.has(topic) || this.#untaken.size >= MAX_UNTAKEN) return;
    this.#untaken.add(topic);
    this.#options.onLog({
      level: 'warn',
      message: `messages on ${JSON.stringify(topic)} are passed on but not taken as readings: receivers.mqtt.topic is ${this.#options.topic}`,
    });
  }

  #release(due: readonly GoOn[]): void {
    this.#lastMessageAt = (this.#options.now ?? Date.now)();
    for (const goOn of due) goOn();
    this.#gate.recheck();
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#lastError = messageOf(error);
    this.#options.onLog({
      level: 'error',
      message: `the embedded broker closes because the journal failed (${this.#lastError}): what was not acknowledged stays with its publishers`,
    });
    this.#held.close();
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#aedes?.close();
  }

  #hearClientError(client: Client, error: Error): void {
    if ('errorCode' in error && error.errorCode === UNACCEPTABLE_PROTOCOL) {
      if (!this.#saidProtocol)
        this.#options.onLog({
          level: 'error',
          message:
            'a client was refused: the embedded broker speaks MQTT 3.1.1. Set the client to 3.1.1, or give a broker of your own in receivers.mqtt.url',
        });
      this.#saidProtocol = true;
      return;
    }
    if (error.message === DRAIN_TIMEOUT) {
      if (!this.#saidSlow.has(client))
        this.#options.onLog({
          level: 'warn',
          message: `${client.id || 'a client'} was disconnected: it left what was sent to it unread for ${this.#options.drainMs ?? DRAIN_MS} ms, and all others had to wait`,
        });
      this.#saidSlow.add(client);
      return;
    }
    this.#options.onLog({ level: 'debug', message: `the embedded broker lost ${client.id || 'a client'}: ${error.message}` });
  }

  async #stop(): Promise<void> {
    if (this.#state !== 'connected') return;
    this.#state = 'stopping';
    this.#server?.close();
    try {
      if (!(await withinDeadline(this.#options.log.flush(), STOP_MS))) {
        this.#options.onLog({
          level: 'warn',
          message: `the journal took longer than ${STOP_MS} ms: ${this.#held.length} messages stay with their publishers, unacknowledged`,
        });
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    await this.#sayGoodbye();
    this.#held.close();
    await new Promise<void>((resolve) => (this.#aedes ? this.#aedes.close(resolve) : resolve()));
    this.#state = 'stopped';
  }

  /** Ends the connections after what was written, and lets the clients end theirs: closing with unread bytes would cut off acknowledgements. */
  async #sayGoodbye(): Promise<void> {
    // aedes writes a PUBREC only after it has handed the message on. One that misses this makes its publisher send again: a duplicate.
    await setTimeout(PUBREC_MS);
    const closed = [...this.#sockets].map((socket) => new Promise((resolve) => {
      socket.once('close', resolve);
      // What still comes is left to its publisher, but read: it ends its side only after it has written all.
      socket.removeAllListeners('readable').on('data', () => undefined).resume();
      socket.end();
    }));
    await withinDeadline(Promise.all(closed), GOODBYE_MS);
    for (const socket of this.#sockets) socket.destroy();
  }
}

function portError(port: number, cause: unknown): AppError {
  const why = systemCode(cause) === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
  return new AppError(
    'BROKER_UNAVAILABLE',
    `the embedded broker needs port ${port} of ${HOST}, but ${why}. Set receivers.mqtt.port to a free one (0 takes any), or, if that is a broker of yours, receivers.mqtt.url to mqtt://${HOST}:${port}`,
    { cause },
  );
}
