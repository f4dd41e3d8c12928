import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Aedes, type Client } from 'aedes';
import { messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { BrokerAccess } from './broker/access.ts';
import { type BrokerBounds, siteBounds } from './broker/bounds.ts';
import { BrokerConnection, type ConnectionOwner } from './broker/connection.ts';
import { BrokerConnections } from './broker/connections.ts';
import { Intake } from './broker/intake.ts';
import type { ListenerTls } from './broker/certificateFiles.ts';
import { listen, type Listening } from './broker/listener.ts';
import { IdFights } from './broker/idFights.ts';
import { RareLog } from '../../../domain/rareLog.ts';
import { ShortMemory } from './broker/shortMemory.ts';
import { SignIn } from './broker/signIn.ts';
import { Subscribing } from './broker/subscribing.ts';
import { withinDeadline } from './deadline.ts';
import type { MessageLog } from './messageLog.ts';
import type { PushState, PushStatus } from './pushStatus.ts';
import { filtersOf } from './topicFilter.ts';

export interface EmbeddedBrokerOptions {
  /** Of this machine; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: ListenerTls | undefined;
  /** Messages on topics that match this filter, or one of several, go to the journal; all others are plain traffic between clients. */
  readonly topic: string | readonly string[];
  /** Who may come in and do what; without it everybody may do everything. */
  readonly access?: BrokerAccess | undefined;
  readonly log: MessageLog;
  readonly onLog: (event: LogEvent) => void;
  readonly bounds?: Partial<BrokerBounds>;
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
}

const HOST = '127.0.0.1';
/** Packet ids run to 65,535: MQTT itself bounds what a publisher may have under way. */
const MAX_PACKET_IDS = 65_535;
/** A topic or filter has no more levels. */
const MAX_LEVELS = 32;
/** How long a stop waits for the journal. */
const STOP_MS = 5000;
/** How long a stop lets publishers read their last acknowledgements. */
const GOODBYE_MS = 1000;
/** How long a stop lets aedes write what it may write. */
const PUBREC_MS = 50;
/** How often connections are looked at. */
const SWEEP_MS = 1000;
/** CONNACK return code of MQTT 3.1.1. */
const UNACCEPTABLE_PROTOCOL = 1;

/**
 * The push receiver for sites without a broker: an MQTT 3.1.1 broker in this process. A message is acknowledged when
 * the journal has it on disk.
 *
 * Memory is bounded whatever arrives (`broker/bounds.ts`). Nothing is kept for absent subscribers and nothing is
 * retained: a message with the retain flag is journalled and passed on like any other. While the journal is behind
 * nobody is read. Nobody is waited for: a client that takes more than its share, or does not read what is sent to it,
 * is disconnected, with a warning of which a few a minute are told.
 */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #bounds: BrokerBounds;
  readonly #rare: RareLog;
  readonly #connections: BrokerConnections;
  readonly #intake: Intake;
  #listening: Listening | undefined;
  #aedes: Aedes | undefined;
  #sweeping: NodeJS.Timeout | undefined;
  #port: number;
  #state: PushState = 'connecting';
  #lastError: string | undefined;
  #saidProtocol = false;
  #stopped: Promise<void> | undefined;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#bounds = { ...siteBounds(), ...options.bounds };
    const bounds = this.#bounds;
    this.#rare = new RareLog({ onLog: options.onLog, now: () => performance.now() });
    this.#connections = new BrokerConnections(bounds, (connection, kind, why) => this.#drop(connection, kind, why));
    this.#intake = new Intake({
      topic: options.topic,
      log: options.log,
      connections: this.#connections,
      bounds,
      rare: this.#rare,
      onFailure: (error) => this.#fail(error),
      now: options.now ?? Date.now,
    });
  }

  /** Where publishers reach it, once started. */
  get url(): string {
    const { host = HOST, tls } = this.#options;
    return `${tls ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  /** Begins to listen. Throws BROKER_UNAVAILABLE when the address can't be had, CONFIG for TLS files that can't be used. */
  async start(): Promise<void> {
    const { host = HOST, port, tls } = this.#options;
    const aedes = await this.#broker();
    this.#aedes = aedes;
    this.#intake.open();
    try {
      this.#listening = await listen({
        host, port, tls,
        onConnection: (socket) => this.#accept(socket, aedes),
        say: (kind, event) => this.#rare.say(kind, event),
      });
      this.#port = this.#listening.port;
    } catch (error) {
      this.#intake.close();
      aedes.close();
      throw error;
    }
    this.#sweeping = setInterval(() => this.#sweep(), Math.min(SWEEP_MS, this.#bounds.stuckMs / 3)).unref();
    this.#state = 'connected';
  }

  /** Accepts nothing more, waits for the journal, acknowledges what is on disk, and closes. Publishers keep the rest. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** How it is just now; `connections` are those of publishers and subscribers. */
  status(): PushStatus {
    const { lastMessageAt } = this.#intake;
    return {
      state: this.#state,
      url: this.url,
      topic: filtersOf(this.#options.topic).join(', '),
      connections: this.#aedes?.connectedClients ?? 0,
      lastMessageAt: lastMessageAt === undefined ? null : new Date(lastMessageAt).toISOString(),
      lastError: this.#lastError ?? null,
    };
  }

  async #broker(): Promise<Aedes> {
    const { access } = this.#options;
    const common = { connections: this.#connections, bounds: this.#bounds, rare: this.#rare };
    const signIn = new SignIn({ ...common, access, refusalMs: this.#bounds.refusalMs });
    const subscribing = new Subscribing(common);
    const fights = new IdFights(this.#rare, () => performance.now());
    const aedes = await Aedes.createBroker({
      persistence: new ShortMemory({ mostOpen: this.#bounds.openQos2, onTooMany: (client) => this.#dropQos2(client) }),
      maxInflightInbound: MAX_PACKET_IDS,
      maxTopicLevels: MAX_LEVELS,
      connectTimeout: this.#bounds.connectMs,
      drainTimeout: 0, // its sockets never have it wait
      preConnect: (_client, packet, accept) => {
        // A session for an absent subscriber would grow without bound.
        packet.clean = true;
        accept(null, true);
      },
      authenticate: (client, user, password, answer) => {
        const answered: typeof answer = (error, isLetIn) => {
          if (isLetIn) fights.lets(client.id);
          answer(error, isLetIn);
        };
        void signIn.answer(client, { user, password }, answered);
      },
      authorizePublish: (client, packet, goOn) => this.#intake.take(client, packet, goOn),
      authorizeSubscribe: (client, subscription, answer) => answer(null, subscribing.ask(client, subscription)),
      published: (_packet, client, done) => {
        this.#intake.published(client);
        done();
      },
    });
    aedes.on('client', ({ id }) => fights.came(id));
    aedes.on('clientDisconnect', ({ id }) => fights.left(id));
    aedes.on('unsubscribe', (topics, client) => subscribing.end(client, topics));
    aedes.on('clientError', (client, error) => this.#hearClientError(client, error));
    aedes.on('connectionError', (client, error) => this.#hearClientError(client, error));
    return aedes;
  }

  #accept(socket: Socket, aedes: Aedes): void {
    const owner: ConnectionOwner = {
      packetLimits: this.#bounds.packets,
      messageWork: () => this.#intake.messageWork(),
      onAsk: (connection) => this.#intake.share.ask(connection),
      mayRead: () => this.#connections.mayRead(),
      onWaiting: (by) => this.#connections.wait(by),
      onHeld: (_connection, by) => this.#connections.hold(by),
      onUnread: (connection, by) => this.#connections.leaveUnread(connection, by),
      onRefused: (connection, why) => this.#drop(connection, 'packet', why),
    };
    const connection = new BrokerConnection(socket, owner, performance.now());
    this.#connections.add(connection);
    socket.once('close', () => this.#forget(connection));
    this.#connections.name(connection, aedes.handle(socket));
  }

  #forget(connection: BrokerConnection): void {
    this.#connections.remove(connection);
    this.#intake.forget(connection);
  }

  /** Disconnects a client. The reason goes on after "was disconnected". */
  #drop(connection: BrokerConnection, kind: string, why: string): void {
    this.#forget(connection);
    connection.socket.destroy();
    this.#rare.say(kind, { level: 'warn', message: `${connection.who} was disconnected: ${why}` });
  }

  #dropQos2(client: Client): void {
    const connection = this.#connections.of(client);
    if (connection)
      this.#drop(connection, 'qos 2', `it had the most messages of QoS 2 without a PUBREL, of ${this.#bounds.openQos2} that all clients ` +
        'may have');
  }

  #sweep(): void {
    const { access } = this.#options;
    this.#listening?.renew();
    this.#connections.sweep(performance.now());
    for (const connection of this.#connections) {
      if (connection.grant && access?.holds(connection.grant) === false)
        this.#drop(connection, 'rights', `what user ${connection.grant.user} may do was changed`);
    }
    this.#rare.settle();
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#lastError = messageOf(error);
    this.#options.onLog({
      level: 'error',
      message: `the embedded broker closes because the journal failed (${this.#lastError}): what was not acknowledged stays with its ` +
        'publishers',
    });
    this.#end();
    for (const { socket } of this.#connections) socket.destroy();
    this.#aedes?.close();
  }

  #end(): void {
    this.#listening?.server.close();
    this.#intake.close();
    clearInterval(this.#sweeping);
    this.#rare.close();
  }

  #hearClientError(client: Client, error: Error): void {
    if ('errorCode' in error && error.errorCode === UNACCEPTABLE_PROTOCOL) {
      if (!this.#saidProtocol)
        this.#options.onLog({
          level: 'error',
          message:
            'a client was refused: the embedded broker speaks MQTT 3.1.1. Set the client to 3.1.1, or give a broker of your own in ' +
              'receivers.mqtt.url',
        });
      this.#saidProtocol = true;
      return;
    }
    const who = this.#connections.of(client)?.who ?? 'a client';
    this.#rare.say('lost', { level: 'debug', message: `the embedded broker lost ${who}: ${error.message}` });
  }

  async #stop(): Promise<void> {
    if (this.#state !== 'connected') return;
    this.#state = 'stopping';
    this.#intake.shut();
    this.#listening?.server.close();
    try {
      if (!(await withinDeadline(this.#options.log.flush(), STOP_MS))) {
        this.#options.onLog({
          level: 'warn',
          message: `the journal took longer than ${STOP_MS} ms: ${this.#intake.held} messages stay with their publishers, unacknowledged`,
        });
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    await this.#sayGoodbye();
    this.#end();
    await new Promise<void>((resolve) => (this.#aedes ? this.#aedes.close(resolve) : resolve()));
    this.#state = 'stopped';
  }

  /**
   * Ends the connections after what was written, and lets the clients end theirs: closing with unread bytes would cut
   * off acknowledgements.
   */
  async #sayGoodbye(): Promise<void> {
    // aedes writes a PUBREC only after it has handed the message on. One that misses this makes its publisher send again: a duplicate.
    await setTimeout(PUBREC_MS);
    const sockets = [...this.#connections].map(({ socket }) => socket);
    const closed = sockets.map((socket) => new Promise((resolve) => {
      socket.once('close', resolve);
      // What still comes is left to its publisher, but read: it ends its side only after it has written all.
      socket.removeAllListeners('readable').on('data', () => undefined).resume();
      socket.end();
    }));
    await withinDeadline(Promise.all(closed), GOODBYE_MS);
    for (const socket of sockets) socket.destroy();
  }
}
