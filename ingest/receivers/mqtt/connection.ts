import { Backoff, type BackoffLimits } from '../../../domain/backoff.ts';
import { AppError, messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { BrokerTerms } from './brokerTerms.ts';
import { type BrokerAccess, type Closing, type Connack, JournalledClient } from './client.ts';
import { SubscriptionRefused } from './closing.ts';
import { ConnectionNews } from './connectionNews.ts';
import { withinDeadline } from './deadline.ts';
import { Heartbeat, type HeartbeatLimits } from './heartbeat.ts';
import type { MessageLog } from './messageLog.ts';
import { isOwnTopic, Presence } from './presence.ts';
import type { PushState } from './pushStatus.ts';
import type { Session, Sessions } from './sessions.ts';
import { takesTopic, type TopicShare } from './topicShare.ts';

/** Times and bounds of a connection. */
export interface ConnectionLimits {
  readonly backoff: BackoffLimits;
  readonly keepaliveSeconds: number;
  /** Bytes not on disk above which nothing more is read. */
  readonly maxQueuedBytes: number;
  /** A connection that lived at least so long was a good one. */
  readonly stableMs: number;
  /** How long a stop waits for the journal. */
  readonly stopMs: number;
  readonly heartbeat: HeartbeatLimits;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  backoff: { minMs: 500, maxMs: 30_000 },
  keepaliveSeconds: 60,
  maxQueuedBytes: 16 * 1024 * 1024,
  stableMs: 10_000,
  stopMs: 5000,
  heartbeat: { everyMs: 30_000, answerMs: 10_000 },
};

export interface ConnectionOptions {
  /** Read again for each attempt, so that a renewed certificate is taken up. Throws AppError. */
  readonly access: () => BrokerAccess;
  /** The broker for a person to read, without credentials. */
  readonly broker: string;
  readonly host: string;
  readonly clientId: string;
  /** What to subscribe to. */
  readonly filters: readonly string[];
  /** Which of the messages it takes; the others are those of other connections, which get them too. */
  readonly share: TopicShare;
  readonly sessions: Sessions;
  /** What the broker allows, as all connections to it have learnt. */
  readonly terms: BrokerTerms;
  readonly log: MessageLog;
  readonly limits: ConnectionLimits;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  readonly onLog: (event: LogEvent) => void;
  /** Told when the connection is subscribed, at first and after each reconnect. */
  readonly onConnected: () => void;
}

/**
 * A persistent session at a broker that is kept connected until it is stopped: subscribed with QoS 1,
 * reconnected with growing waits, its status published, and proved to hear by a heartbeat of its own.
 */
export class MqttConnection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #news: ConnectionNews;
  readonly #presence: Presence;
  readonly #heartbeat: Heartbeat;
  readonly #takes: (topic: string) => boolean;
  #state: PushState = 'connecting';
  #client: JournalledClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #lastError: string | undefined;
  #lastMessageAt: number | undefined;

  constructor(options: ConnectionOptions) {
    const { broker, clientId, now, onLog, limits, terms, share } = options;
    this.#options = options;
    this.#backoff = new Backoff(limits.backoff);
    this.#news = new ConnectionNews({ broker, clientId, now, onLog, stableMs: limits.stableMs });
    this.#presence = new Presence(clientId, terms);
    this.#heartbeat = new Heartbeat({
      clientId, terms, limits: limits.heartbeat, onDeaf: () => this.#hearNothing(), onHeard: () => this.#hearAgain(),
    });
    const takes = takesTopic(share);
    // A filter such as # matches what wellwatch tells of itself too.
    this.#takes = (topic) => takes(topic) && !isOwnTopic(topic);
  }

  get state(): PushState {
    return this.#state;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** When the last message was on disk: ms since 1970-01-01T00:00Z. */
  get lastMessageAt(): number | undefined {
    return this.#lastMessageAt;
  }

  /** Connects, now and whenever the connection is lost. */
  start(): void {
    try {
      this.#rememberSession();
      this.#client = this.#connect();
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_SUPPORTED') throw error;
      this.#lose({ error: asError(error), reasonCode: undefined, journalFailed: false, letIn: false });
    }
  }

  /**
   * Takes no more messages, waits until those it has are on disk, acknowledges them and says goodbye.
   * What can't be acknowledged in time stays with the broker.
   */
  async stop(): Promise<void> {
    if (this.#state === 'stopping' || this.#state === 'stopped') return;
    this.#state = 'stopping';
    clearTimeout(this.#retry);
    this.#heartbeat.end();
    const client = this.#client;
    if (client?.connected) await this.#leave(client);
    else client?.destroy();
    this.#state = 'stopped';
  }

  async #leave(client: JournalledClient): Promise<void> {
    const { log, limits, clientId } = this.#options;
    client.ignoreMessages();
    try {
      if (!(await withinDeadline(log.flush(), limits.stopMs))) {
        this.#news.say(
          'warn',
          `the journal took longer than ${limits.stopMs} ms: ${client.unjournalled} messages of ${clientId} stay with the broker, which ` +
            'delivers them again',
        );
      }
    } catch (error) {
      this.#news.say('warn', `${clientId} did not leave in good order, so some messages may come again: ${messageOf(error)}`);
    }
    if (client.connected) await this.#presence.offline(client, limits.stopMs);
    await client.end();
  }

  #connect(): JournalledClient {
    const { access, clientId, log, limits, now } = this.#options;
    const client: JournalledClient = new JournalledClient({
      access: access(),
      clientId,
      clean: false,
      log,
      takes: this.#takes,
      onMessage: (topic) => this.#heartbeat.heard(topic),
      will: this.#presence.will,
      keepaliveSeconds: limits.keepaliveSeconds,
      maxQueuedBytes: limits.maxQueuedBytes,
      onConnected: (connack) => void this.#establish(client, connack),
      onDurable: () => {
        this.#lastMessageAt = now();
      },
      onClosed: (closing) => this.#lose(closing),
    });
    client.connect();
    return client;
  }

  /** Before the session can exist, so that none is forgotten. */
  #rememberSession(): void {
    const { host, clientId, filters, sessions } = this.#options;
    const known = sessions.find(host, clientId);
    const all = [...new Set([...(known?.filters ?? []), ...filters])];
    if (all.length > (known?.filters.length ?? 0)) this.#remember(all, known?.established ?? false);
  }

  #remember(filters: readonly string[], established: boolean): void {
    const { host, clientId, sessions, share } = this.#options;
    sessions.remember({ host, clientId, filters, ...(share.of > 1 && { share }), established });
  }

  async #establish(client: JournalledClient, connack: Connack): Promise<void> {
    const { host, clientId, filters, sessions, terms } = this.#options;
    terms.letIn(connack);
    const session = sessions.find(host, clientId);
    if (!connack.sessionPresent && session?.established) this.#news.sessionForgotten();
    const subscribed = connack.sessionPresent && session?.established === true && filters.every((filter) => session.filters.includes(filter));
    // Its rows come already, and the answer to a new subscription would come only after the backlog.
    if (subscribed) this.#becomeConnected();
    try {
      // Also where the broker has a session: it may have forgotten the subscription.
      await this.#subscribe(client, session);
    } catch (error) {
      return client.destroy(asError(error));
    }
    if (!client.connected || this.#state === 'stopping') return;
    if (!subscribed) this.#becomeConnected();
    await this.#presence.online(client);
    if (client.connected) this.#heartbeat.begin(client);
  }

  #becomeConnected(): void {
    this.#state = 'connected';
    this.#news.connected();
    this.#options.onConnected();
  }

  /** Subscribes, and drops what an earlier configuration subscribed to. */
  async #subscribe(client: JournalledClient, session: Session | undefined): Promise<void> {
    const { filters, terms } = this.#options;
    for (const filter of filters) {
      const granted = await client.subscribe(filter).catch((error: unknown) => {
        throw new SubscriptionRefused(filter, error);
      });
      terms.granted(filter, granted);
    }
    const outdated = session?.filters.filter((old) => !filters.includes(old)) ?? [];
    if (outdated.length > 0) await client.unsubscribe(outdated);
    this.#remember(filters, true);
  }

  /** The connection stands and nothing comes: subscribes again, which is all that may help, until something does. */
  #hearNothing(): void {
    if (this.#state !== 'deaf') {
      this.#lastError = `nothing comes although the connection stands, not even what we publish ourselves on ${this.#heartbeat.topic}`;
      this.#news.deaf(this.#lastError);
    }
    this.#state = 'deaf';
    const client = this.#client;
    if (!client?.connected) return;
    this.#subscribe(client, undefined).then(
      () => this.#heartbeat.begin(client),
      (error: unknown) => client.destroy(asError(error)),
    );
  }

  #hearAgain(): void {
    if (this.#state !== 'deaf') return;
    this.#state = 'connected';
    this.#news.hearsAgain();
  }

  #lose(closing: Closing): void {
    if (this.#state === 'stopping' || this.#state === 'stopped' || this.#state === 'failed') return;
    if (this.#presence.unanswered || this.#heartbeat.doubtful) this.#options.terms.closedAfterPublishing(this.#presence.topic);
    this.#presence.lost();
    this.#heartbeat.end();
    if (closing.journalFailed) {
      this.#state = 'failed';
      this.#lastError = messageOf(closing.error);
      this.#news.say(
        'error',
        `${this.#options.clientId} is disconnected because the journal failed (${this.#lastError}): what was not acknowledged stays ` +
          'with the broker',
      );
      return;
    }
    this.#tryAgain(closing);
  }

  #tryAgain(closing: Closing): void {
    // What was too much for the broker is not asked of it again: no outage, and nothing for anybody to do.
    if (this.#options.terms.learnFrom(closing)) {
      this.#state = 'connecting';
      this.#retry = setTimeout(() => this.start(), this.#options.limits.backoff.minMs);
      return;
    }
    const { diagnosis, stable } = this.#news.lost(closing);
    if (stable) this.#backoff.reset();
    this.#lastError = diagnosis.reason;
    this.#state = diagnosis.kind === 'refused' ? 'refused' : 'reconnecting';
    this.#retry = setTimeout(() => this.start(), this.#backoff.next());
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
