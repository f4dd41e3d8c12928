import { connect, type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient, type Packet, Store } from 'mqtt';
import { AppError } from '../../../domain/errors.ts';
import { acknowledgement, encodeAcknowledgements, NO_ACKNOWLEDGEMENT, PUBACK, PUBREC } from './acknowledgementPackets.ts';
import { HeldAcknowledgements } from './heldAcknowledgements.ts';
import type { MessageLog } from './messageLog.ts';

/** How to reach a broker and who we are there. */
export interface BrokerAccess {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  /** 5, or 4 for MQTT 3.1.1. */
  readonly protocol: 4 | 5;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
}

/** How we may publish what is about ourselves. */
export interface PublishTerms {
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export interface JournalledClientOptions {
  readonly access: BrokerAccess;
  readonly clientId: string;
  /** Asks the broker to forget the session when the connection ends. */
  readonly clean: boolean;
  readonly log: MessageLog;
  /** Whether a message is for the journal; any other is acknowledged and let go. All are by default. */
  readonly takes?: ((topic: string) => boolean) | undefined;
  /** Told of each message that comes. */
  readonly onMessage?: (topic: string) => void;
  /** Message that the broker publishes for us when we vanish. */
  readonly will?: (PublishTerms & { readonly topic: string; readonly payload: string }) | undefined;
  readonly keepaliveSeconds: number;
  /** Bytes not on disk, overhead included, above which nothing more is read. */
  readonly maxQueuedBytes: number;
  readonly onConnected: (connack: Connack) => void;
  /** Told after commits that covered messages of this connection. */
  readonly onDurable: () => void;
  readonly onClosed: (closing: Closing) => void;
}

/** What a broker says when it lets us in. Before MQTT 5 it says nothing of what it can do: then it can do everything. */
export interface Connack {
  readonly sessionPresent: boolean;
  readonly retainAvailable: boolean;
  readonly maximumQos: number;
}

/** Why a connection ended, as far as it was said. */
export interface Closing {
  /** Whether the broker had let us in. */
  readonly letIn: boolean;
  /** The last error, or undefined when the peer just closed. */
  readonly error: Error | undefined;
  /** Reason code of the broker's CONNACK or DISCONNECT. */
  readonly reasonCode: number | undefined;
  /** The journal refused: connecting again would not help. */
  readonly journalFailed: boolean;
}

/** `end` waits no longer than this for the broker to close. */
const END_MS = 3000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The session outlives any absence; we remove it ourselves when we need it no more. */
const NEVER_EXPIRES = 0xffff_ffff;
/** How many unacknowledged messages we want in flight (MQTT 5). One commit covers many, so a large window pays. */
const RECEIVE_MAXIMUM = 16_384;
/** What a queued message costs beside its payload: topic, Buffer object, held acknowledgement. */
const MESSAGE_OVERHEAD = 256;
const EMPTY = Buffer.alloc(0);
type SendPacket = (packet: Packet, done?: () => void, ...rest: unknown[]) => void;

/**
 * One network connection to a broker by mqtt.js. Every message goes to the journal and is acknowledged
 * when it is on disk there, while reading goes on. mqtt.js would send the PUBACK as soon as a message is
 * handled, and handles one at a time; so its own acknowledgements are swallowed in `_sendPacket`, the one
 * place through which they all pass, and ours are written straight to the socket, all that are due at once.
 *
 * A new connection is a new object: packet ids and held acknowledgements belong to the old one.
 */
export class JournalledClient {
  readonly #options: JournalledClientOptions;
  readonly #client: MqttClient;
  readonly #held: HeldAcknowledgements<number>;
  #ignoring = false;
  #resume: (() => void) | undefined;
  #pings: NodeJS.Timeout | undefined;
  #error: Error | undefined;
  #reasonCode: number | undefined;
  #journalFailed = false;
  #letIn = false;
  #closed = false;
  #onEnded: (() => void) | undefined;

  constructor(options: JournalledClientOptions) {
    this.#options = options;
    this.#client = connect(options.access.url, clientOptions(options, new IncomingQos2((packet) => this.#take(packet, PUBREC))));
    this.#held = new HeldAcknowledgements({
      log: options.log,
      release: (due) => this.#release(due),
      fail: (error) => this.#failJournal(error),
    });
  }

  /** Opens the connection. The handlers are in place before: the session's backlog follows the CONNACK at once. */
  connect(): void {
    const client = this.#client;
    client.handleMessage = (packet, done) => this.#receive(packet, done);
    swallowAcknowledgements(client);
    client.on('connect', ({ sessionPresent, properties }: IConnackPacket) => {
      this.#letIn = true;
      const { retainAvailable = true, maximumQoS = 2 } = properties ?? {};
      this.#options.onConnected({ sessionPresent, retainAvailable, maximumQos: maximumQoS });
    });
    client.on('error', (error) => {
      this.#error = error;
      if ('code' in error && typeof error.code === 'number') this.#reasonCode = error.code;
    });
    client.on('disconnect', (packet) => {
      this.#reasonCode = packet.reasonCode;
    });
    client.on('close', () => this.#close());
    this.#held.open();
    client.connect();
  }

  /** Subscribes. Resolves with the QoS that the broker granted; rejects when it refuses. */
  async subscribe(filter: string, qos: 0 | 1 = 1): Promise<number> {
    // rh 1: what is retained comes with a new subscription only, not with every start (MQTT 5).
    const granted = await this.#client.subscribeAsync(filter, { qos, rh: 1 });
    return granted[0]?.qos ?? qos;
  }

  /** Rejects when the connection ends first. */
  async unsubscribe(filters: readonly string[]): Promise<void> {
    await this.#client.unsubscribeAsync([...filters]);
  }

  /** Publishes a message; an empty retained one removes what is retained. Resolves when it is acknowledged, with QoS 0 when it is sent. */
  async publish(topic: string, payload: string, { qos, retain }: PublishTerms): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos, retain });
  }

  /** Whether the broker has let us in and the connection stands. */
  get connected(): boolean {
    return this.#client.connected;
  }

  /** Whether nothing is read just now, as the journal is behind. */
  get paused(): boolean {
    return this.#resume !== undefined;
  }

  /** How many messages of this connection wait for the journal. */
  get unjournalled(): number {
    return this.#held.length;
  }

  /** Reads on but takes nothing more: what comes from now on stays with the broker, unacknowledged. */
  ignoreMessages(): void {
    this.#ignoring = true;
    this.#goOn();
  }

  /** Says goodbye and waits until the broker has closed, reading what it still sends: unread data would reset the connection. */
  async end(): Promise<void> {
    if (this.#closed) return;
    this.#ignoring = true;
    this.#goOn();
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(() => this.destroy(), END_MS);
      this.#onEnded = () => {
        clearTimeout(deadline);
        resolve();
      };
      this.#client.end();
    });
  }

  /** Drops the connection, for a reason if there is one. Everything unacknowledged stays with the broker, and it publishes the will. */
  destroy(reason?: Error): void {
    if (this.#closed) return;
    this.#ignoring = true;
    this.#error ??= reason;
    this.#client.stream.destroy();
  }

  #receive(packet: IPublishPacket, done: () => void): void {
    // QoS 2 was taken when its PUBLISH came; this is the PUBREL.
    if (packet.qos !== 2) this.#take(packet, packet.qos === 1 ? PUBACK : NO_ACKNOWLEDGEMENT);
    if (this.#ignoring || !this.#isFull()) return done();
    this.#pause(done);
  }

  #take(packet: IPublishPacket, kind: number): void {
    if (this.#ignoring) return;
    try {
      const { topic, payload, retain } = packet;
      const { takes, onMessage } = this.#options;
      onMessage?.(topic);
      if (takes?.(topic) === false) return this.#letGo(kind, packet.messageId);
      const number = this.#options.log.append(topic, typeof payload === 'string' ? Buffer.from(payload) : payload, retain);
      this.#held.hold(number, acknowledgement(kind, packet.messageId));
    } catch (error) {
      this.#failJournal(error);
    }
  }

  #letGo(kind: number, messageId: number | undefined): void {
    if (kind !== NO_ACKNOWLEDGEMENT) this.#held.pass(acknowledgement(kind, messageId));
  }

  #isFull(): boolean {
    return this.#options.log.queuedBytes + this.#held.length * MESSAGE_OVERHEAD > this.#options.maxQueuedBytes;
  }

  /** Holds mqtt.js at this message, which stops the socket. Nobody would read a PINGRESP, so pings are sent but not waited for. */
  #pause(resume: () => void): void {
    this.#resume = resume;
    this.#pings = setInterval(() => {
      this.#client.sendPing();
      this.#client.reschedulePing(true);
    }, this.#options.keepaliveSeconds * 500);
  }

  #goOn(): void {
    clearInterval(this.#pings);
    const resume = this.#resume;
    this.#resume = undefined;
    if (!this.#closed) resume?.();
  }

  #release(due: readonly number[]): void {
    if (this.#client.connected) this.#client.stream.write(encodeAcknowledgements(due));
    this.#options.onDurable();
    if (this.#resume && !this.#isFull()) this.#goOn();
  }

  #failJournal(error: unknown): void {
    if (this.#journalFailed) return;
    this.#journalFailed = true;
    this.destroy(error instanceof Error ? error : new Error(String(error)));
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ignoring = true;
    clearInterval(this.#pings);
    this.#held.close();
    this.#onEnded?.();
    this.#options.onClosed({ error: this.#error, reasonCode: this.#reasonCode, journalFailed: this.#journalFailed, letIn: this.#letIn });
  }
}

/** Takes a QoS 2 message when it comes, before its PUBREC; mqtt.js keeps only its id until the PUBREL. */
class IncomingQos2 extends Store {
  readonly #take: (packet: IPublishPacket) => void;

  constructor(take: (packet: IPublishPacket) => void) {
    super();
    this.#take = take;
  }

  override put(packet: Packet, done: () => void): this {
    if (packet.cmd !== 'publish') return super.put(packet, done);
    this.#take(packet);
    return super.put({ ...packet, payload: EMPTY }, done);
  }
}

function clientOptions({ access, clientId, clean, will, keepaliveSeconds }: JournalledClientOptions, incomingStore: Store): IClientOptions {
  const { protocol, username, password, tls } = access;
  return {
    clientId,
    clean,
    protocolVersion: protocol,
    manualConnect: true,
    // A lost connection is replaced by a new object.
    reconnectPeriod: 0,
    resubscribe: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: keepaliveSeconds,
    incomingStore,
    // Asked several times a packet; its debug lines go nowhere of ours.
    log: () => undefined,
    ...(protocol === 5 ? { properties: { receiveMaximum: RECEIVE_MAXIMUM, sessionExpiryInterval: clean ? 0 : NEVER_EXPIRES } } : {}),
    ...(will ? { will: { ...will, payload: Buffer.from(will.payload) } } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...tls,
  };
}

function swallowAcknowledgements(client: MqttClient): void {
  // Private in mqtt.js, so the version is pinned and a test fails when an upgrade acknowledges another way.
  const inner = client as unknown as { _sendPacket?: SendPacket };
  const send = inner._sendPacket?.bind(client);
  if (!send)
    throw new AppError(
      'NOT_SUPPORTED',
      'expected mqtt.js to send its packets through _sendPacket; this version does not, and would acknowledge messages that are not on ' +
        'disk. Install the version that package-lock.json names',
    );
  inner._sendPacket = (packet, done, ...rest) => {
    if (packet.cmd === 'puback' || packet.cmd === 'pubrec') done?.();
    else send(packet, done, ...rest);
  };
}
