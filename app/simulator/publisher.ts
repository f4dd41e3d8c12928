import { connect, type MqttClient } from 'mqtt';
import { AppError, systemCode } from '../../domain/errors.ts';
import { withinDeadline } from '../../ingest/receivers/mqtt/deadline.ts';

/** One CSV line of a pump, without its end; as bytes when it need not be text. */
export interface PumpLine {
  readonly pump: string;
  readonly line: string | Buffer;
}

export interface PublishOptions {
  /** `mqtt://host:1883`. */
  readonly url: string;
  readonly topicOf: (pump: string) => string;
  /** One that waits for something has to end by itself when the signal is aborted. */
  readonly lines: AsyncIterable<PumpLine> | Iterable<PumpLine>;
  readonly qos: 1;
  /** How many messages may be unacknowledged at once; no further line is asked for meanwhile. */
  readonly maxInflight: number;
  readonly username?: string;
  readonly password?: string;
  /** Ends it early, without an error; what is under way is waited for a little. */
  readonly signal?: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_MS = 500;
/** A broker that was there and is away for longer than this is given up. */
const OUTAGE_MS = 30_000;
/** How long an abort waits for what is under way. */
const ABORT_MS = 2000;

/**
 * Publishes one message a line and resolves with their number when all are acknowledged. Throws
 * BROKER_UNAVAILABLE when the broker can't be reached at first, or not for half a minute later on.
 */
export async function publishLines({ url, topicOf, lines, qos, maxInflight, username, password, signal }: PublishOptions): Promise<number> {
  const client = connect(url, {
    protocolVersion: 4,
    manualConnect: true,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  const window = new InflightWindow();
  try {
    await reach(client, url);
    failOnOutage(client, url, window);
    const wake = () => window.wake();
    signal?.addEventListener('abort', wake, { once: true });
    for await (const { pump, line } of lines) {
      await window.below(maxInflight, signal);
      if (signal?.aborted) break;
      window.opened();
      client.publish(topicOf(pump), line, { qos }, (error) => (error ? window.fail(error) : window.acknowledged()));
    }
    signal?.removeEventListener('abort', wake);
    if (signal?.aborted) await withinDeadline(window.below(1), ABORT_MS);
    else await window.below(1);
    return window.count;
  } finally {
    await client.endAsync(window.inflight > 0 || !client.connected);
  }
}

/** Counts what is under way and lets one caller wait for room. */
class InflightWindow {
  inflight = 0;
  /** How many were acknowledged. */
  count = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  wake(): void {
    this.#wake?.();
  }

  opened(): void {
    this.inflight += 1;
  }

  acknowledged(): void {
    this.inflight -= 1;
    this.count += 1;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  /** Resolves when fewer than `limit` are under way or the signal is aborted; rejects when publishing has failed. */
  async below(limit: number, signal?: AbortSignal): Promise<void> {
    while (this.inflight >= limit && !this.#failure && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure) throw this.#failure;
  }
}

/** Connects for the first time: here an error is final. */
function reach(client: MqttClient, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Error | undefined;
    client.once('connect', () => resolve());
    client.on('error', (error) => {
      last = error;
    });
    client.once('close', () => reject(unreachable(url, last)));
    client.connect();
  });
}

function failOnOutage(client: MqttClient, url: string, window: InflightWindow): void {
  let timer: NodeJS.Timeout | undefined;
  client.on('close', () => {
    timer ??= setTimeout(() => window.fail(unreachable(url, undefined)), OUTAGE_MS).unref();
  });
  client.on('connect', () => {
    clearTimeout(timer);
    timer = undefined;
  });
}

function unreachable(url: string, cause: Error | undefined): AppError {
  const why = cause ? cause.message || systemCode(cause) : 'the connection was closed';
  return new AppError('BROKER_UNAVAILABLE', `expected an MQTT broker at ${url}, but ${why}. Start it, or give the address of another`, {
    cause,
  });
}
