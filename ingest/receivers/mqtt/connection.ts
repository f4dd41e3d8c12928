import { Backoff, type BackoffLimits } from '../../../domain/backoff.ts';
import { AppError, messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { type BrokerAccess, type Closing, JournalledClient } from './client.ts';
import { SubscriptionRefused } from './closing.ts';
import { ConnectionNews } from './connectionNews.ts';
import { withinDeadline } from './deadline.ts';
import type { MessageLog } from './messageLog.ts';
import type { PushState } from './pushStatus.ts';
import type { Session, Sessions } from './sessions.ts';

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
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  backoff: { minMs: 500, maxMs: 30_000 },
  keepaliveSeconds: 60,
  maxQueuedBytes: 16 * 1024 * 1024,
  stableMs: 10_000,
  stopMs: 5000,
};

export interface ConnectionOptions {
  /** Read again for each attempt, so that a renewed certificate is taken up. Throws AppError. */
  readonly access: () => BrokerAccess;
  /** The broker for a person to read, without credentials. */
  readonly broker: string;
  readonly host: string;
  readonly clientId: string;
  /** What to subscribe to, `$share/…` included. */
  readonly filter: string;
  readonly sessions: Sessions;
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
 * reconnected with growing waits, its status published as a retained `online` or `offline`.
 */
export class MqttConnection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #news: ConnectionNews;
  #state: PushState = 'connecting';
  #client: JournalledClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #subscribed = false;
  #lastError: string | undefined;
  #lastMessageAt: number | undefined;

  constructor(options: ConnectionOptions) {
    const { broker, clientId, now, onLog, limits } = options;
    this.#options = options;
    this.#backoff = new Backoff(limits.backoff);
    this.#news = new ConnectionNews({ broker, clientId, now, onLog, stableMs: limits.stableMs });
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
      this.#lose({ error: asError(error), reasonCode: undefined, journalFailed: false });
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
      if (client.connected) await withinDeadline(client.publishRetained(statusTopic(clientId), 'offline'), limits.stopMs);
    } catch (error) {
      this.#news.say('warn', `${clientId} did not leave in good order, so some messages may come again: ${messageOf(error)}`);
    }
    await client.end();
  }

  #connect(): JournalledClient {
    const { access, clientId, log, limits, now } = this.#options;
    const client: JournalledClient = new JournalledClient({
      access: access(),
      clientId,
      clean: false,
      log,
      will: { topic: statusTopic(clientId), payload: 'offline' },
      keepaliveSeconds: limits.keepaliveSeconds,
      maxQueuedBytes: limits.maxQueuedBytes,
      onConnected: ({ sessionPresent }) => void this.#establish(client, sessionPresent),
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
    const { host, clientId, filter, sessions } = this.#options;
    const known = sessions.find(host, clientId);
    if (known?.filters.includes(filter)) return;
    sessions.remember({ host, clientId, filters: [...(known?.filters ?? []), filter], established: known?.established ?? false });
  }

  async #establish(client: JournalledClient, sessionPresent: boolean): Promise<void> {
    const { host, clientId, filter, sessions } = this.#options;
    const session = sessions.find(host, clientId);
    if (!sessionPresent && session?.established) this.#news.sessionForgotten();
    const subscribed = sessionPresent && session?.established === true && session.filters.includes(filter);
    // Its rows come already, and the answer to a new subscription would come only after the backlog.
    if (subscribed) this.#becomeConnected();
    try {
      // Subscribing again brings all retained messages again: once in a run, to mend what was changed at the broker.
      if (!subscribed || !this.#subscribed) await this.#subscribe(client, session);
    } catch (error) {
      return client.destroy(asError(error));
    }
    if (!client.connected || this.#state === 'stopping') return;
    if (!subscribed) this.#becomeConnected();
    await this.#publishOnline(client);
  }

  #becomeConnected(): void {
    this.#state = 'connected';
    this.#news.connected();
    this.#options.onConnected();
  }

  /** Subscribes, and drops what an earlier configuration subscribed to. */
  async #subscribe(client: JournalledClient, session: Session | undefined): Promise<void> {
    const { host, clientId, filter, sessions, broker } = this.#options;
    const granted = await client.subscribe(filter).catch((error: unknown) => {
      throw new SubscriptionRefused(filter, error);
    });
    if (granted < 1)
      this.#news.say('error', `${broker} grants ${filter} with QoS 0 only: what comes while we are away is lost. Allow QoS 1 there`);
    const outdated = session?.filters.filter((old) => old !== filter) ?? [];
    if (outdated.length > 0) await client.unsubscribe(outdated);
    sessions.remember({ host, clientId, filters: [filter], established: true });
    this.#subscribed = true;
  }

  async #publishOnline(client: JournalledClient): Promise<void> {
    const topic = statusTopic(this.#options.clientId);
    try {
      await client.publishRetained(topic, 'online');
    } catch (error) {
      if (client.connected) this.#news.say('warn', `${topic} can't be published: ${messageOf(error)}. Rows are taken all the same`);
    }
  }

  #lose(closing: Closing): void {
    if (this.#state === 'stopping' || this.#state === 'stopped' || this.#state === 'failed') return;
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
    const { diagnosis, stable } = this.#news.lost(closing);
    if (stable) this.#backoff.reset();
    this.#lastError = diagnosis.reason;
    this.#state = diagnosis.kind === 'refused' ? 'refused' : 'reconnecting';
    this.#retry = setTimeout(() => this.start(), this.#backoff.next());
  }
}

/** Where a client tells whether it is there: retained `online` or `offline`. */
export function statusTopic(clientId: string): string {
  return `wellwatch/${clientId}/status`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
