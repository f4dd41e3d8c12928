import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Backoff } from '../../../domain/backoff.ts';
import { messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { readPem } from '../../../storage/files/pemFile.ts';
import { BrokerTerms } from './brokerTerms.ts';
import type { BrokerAccess } from './client.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, MqttConnection } from './connection.ts';
import type { MessageLog } from './messageLog.ts';
import { PUSH_STATES, type PushStatus } from './pushStatus.ts';
import { DRAIN_LIMITS, type DrainLimits, retireSession } from './retireSession.ts';
import { type Session, Sessions } from './sessions.ts';
import { filtersOf } from './topicFilter.ts';

/** A broker of the site's, and how we come to it. */
export interface SiteBroker {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  readonly clientId: string;
  /** More than one divide the topics among themselves; the ids are then `clientId-1of2`, `clientId-2of2`. */
  readonly connections: number;
  /** 5, or 4 for MQTT 3.1.1. */
  readonly protocol: 4 | 5;
  readonly username?: string;
  readonly password?: string;
  /** Paths of PEM files. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface MqttReceiverOptions extends SiteBroker {
  /** Topic filter, or several. */
  readonly topic: string | readonly string[];
  /** Where it remembers its sessions, in `mqtt-sessions.json`. */
  readonly dataDir: string;
  readonly log: MessageLog;
  readonly onLog: (event: LogEvent) => void;
  readonly limits?: ConnectionLimits;
  readonly drain?: DrainLimits;
  /** ms since 1970-01-01T00:00Z. */
  readonly now?: () => number;
}

/**
 * The push receiver on a broker of the site's: takes the messages of a topic filter into the journal and
 * acknowledges them when they are on disk. A broker that is away or refuses is tried again for ever:
 * a site comes back by itself. Sessions that an earlier configuration left are emptied and removed.
 */
export class MqttReceiver {
  readonly #options: MqttReceiverOptions;
  readonly #limits: ConnectionLimits;
  readonly #sessions: Sessions;
  readonly #terms: BrokerTerms;
  readonly #stopping = new AbortController();
  #connections: MqttConnection[] = [];
  #retiring: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #retireError: string | undefined;

  constructor(options: MqttReceiverOptions) {
    this.#options = options;
    this.#limits = options.limits ?? CONNECTION_LIMITS;
    this.#terms = new BrokerTerms(options.url, options.protocol, options.onLog);
    this.#sessions = new Sessions(join(options.dataDir, 'mqtt-sessions.json'));
  }

  /**
   * Begins to connect and returns at once; `status` and events tell what comes of it. Throws CONFIG when a
   * file of receivers.mqtt.tls can't be read. An aborted signal stops it.
   */
  start(signal?: AbortSignal): void {
    const { onLog } = this.#options;
    this.#access();
    this.#sessions.load(onLog);
    this.#connections = clientIds(this.#options).map((clientId, index) => this.#connection(clientId, index));
    for (const connection of this.#connections) connection.start();
    signal?.addEventListener('abort', () => {
      this.stop().catch((error: unknown) => onLog({ level: 'error', message: messageOf(error) }));
    }, { once: true });
  }

  /** Takes no more, waits for the journal, acknowledges, and leaves the sessions to the broker until next time. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** How it is just now. */
  status(): PushStatus {
    const states = this.#connections.map((connection) => connection.state);
    const last = Math.max(0, ...this.#connections.map((connection) => connection.lastMessageAt ?? 0));
    return {
      state: PUSH_STATES.find((state) => states.includes(state)) ?? 'stopped',
      url: this.#options.url,
      topic: filtersOf(this.#options.topic).join(', '),
      connections: states.filter((state) => state === 'connected').length,
      lastMessageAt: last === 0 ? null : new Date(last).toISOString(),
      lastError: this.#connections.find((connection) => connection.lastError !== undefined)?.lastError ?? this.#retireError ?? null,
      notes: this.#terms.notes,
    };
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#retiring, ...this.#connections.map((connection) => connection.stop())]);
  }

  #connection(clientId: string, index: number): MqttConnection {
    const { url, topic, connections, log, onLog, now = Date.now } = this.#options;
    return new MqttConnection({
      access: () => this.#access(),
      broker: url,
      host: hostOf(url),
      clientId,
      // Each is subscribed to all: a shared subscription would deliver two messages of a pump over two connections.
      filters: filtersOf(topic),
      share: { index, of: connections },
      terms: this.#terms,
      sessions: this.#sessions,
      log,
      limits: this.#limits,
      now,
      onLog,
      onConnected: () => this.#retireOthers(),
    });
  }

  /** What reaches the broker; certificates are read afresh each time. Throws CONFIG. */
  #access(): BrokerAccess {
    const { url, protocol, username, password, tls = {} } = this.#options;
    return { url, protocol, username, password, tls: pemTexts(tls) };
  }

  /** Once all connections are subscribed, the sessions that nobody uses any more are emptied, one by one. */
  #retireOthers(): void {
    if (this.#retiring || this.#connections.some((connection) => connection.state !== 'connected')) return;
    const used = new Set(clientIds(this.#options));
    const unused = this.#sessions.on(hostOf(this.#options.url)).filter((session) => !used.has(session.clientId));
    this.#retiring = this.#retireAll(unused);
  }

  async #retireAll(sessions: readonly Session[]): Promise<void> {
    const { signal } = this.#stopping;
    for (const session of sessions) {
      const backoff = new Backoff(this.#limits.backoff);
      while (!signal.aborted && !(await this.#retire(session))) {
        // A stop ends the wait; the loop sees it.
        await setTimeout(backoff.next(), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #retire(session: Session): Promise<boolean> {
    const { log, onLog, drain = DRAIN_LIMITS, url } = this.#options;
    const { signal } = this.#stopping;
    try {
      await retireSession({ access: this.#access(), session, log, limits: this.#limits, terms: this.#terms, drain, signal });
      this.#sessions.forget(session);
      this.#retireError = undefined;
      onLog({
        level: 'info',
        message: `the session ${session.clientId} at ${url} is used no more: what waited in it was taken, and it was removed`,
      });
      return true;
    } catch (error) {
      const message = `the session ${session.clientId} at ${url} is used no more but can't be removed yet: ${messageOf(error)}`;
      if (!signal.aborted && this.#retireError !== message) onLog({ level: 'warn', message });
      this.#retireError = message;
      return false;
    }
  }
}

/** The ids of a receiver's sessions, one for each connection. */
export function clientIds({ clientId, connections }: Pick<SiteBroker, 'clientId' | 'connections'>): string[] {
  // Who takes which topics depends on how many there are: another number is other sessions, and the old ones are emptied.
  return connections === 1 ? [clientId] : Array.from({ length: connections }, (_, i) => `${clientId}-${i + 1}of${connections}`);
}

/** The files of `receivers.mqtt.tls`, read. Throws CONFIG when one can't be. */
export function pemTexts(tls: NonNullable<SiteBroker['tls']>): NonNullable<BrokerAccess['tls']> {
  const pem = (name: 'ca' | 'cert' | 'key') =>
    tls[name] === undefined ? {} : { [name]: readPem(`receivers.mqtt.tls.${name}`, tls[name]) };
  return { ...pem('ca'), ...pem('cert'), ...pem('key') };
}

function hostOf(url: string): string {
  return new URL(url).hostname.toLowerCase();
}
