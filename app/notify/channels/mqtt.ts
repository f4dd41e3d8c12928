import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Content, Message } from '../../../domain/notify/message.ts';
import { messageOf } from '../../../domain/errors.ts';
import { readPem } from '../../../storage/files/pemFile.ts';
import { publicationsOf } from '../formats/mqttTopics.ts';
import { standardReportBody } from '../formats/standard.ts';
import type { Rendering, ReportRendering } from '../formats/rendering.ts';
import type { MqttChannelConfig } from '../../config/notifyTypes.ts';
import { type Attempt, ATTEMPT_MS, away, type Channel } from './channel.ts';
import { connectionProblem } from './connectionProblem.ts';
import { unsuitable } from './webhook.ts';
import { withDeadline } from '../withDeadline.ts';

/** A channel that publishes with QoS 1. It connects when there is something to say, and stays connected. */
export class MqttChannel implements Channel {
  readonly name: string;
  readonly merges = false;
  readonly gapMs = 0;
  readonly #config: MqttChannelConfig;
  #client: MqttClient | undefined;

  constructor(name: string, config: MqttChannelConfig) {
    this.name = name;
    this.#config = config;
  }

  render(rendering: Rendering): Content {
    return { kind: 'mqtt', publish: publicationsOf(rendering, this.#config.topic) };
  }

  renderReport(rendering: ReportRendering): Content {
    return { kind: 'mqtt', publish: [{ topic: `${this.#config.topic}/events`, payload: standardReportBody(rendering), retain: false }] };
  }

  async send({ content }: Pick<Message, 'content'>, signal: AbortSignal): Promise<Attempt> {
    if (content.kind !== 'mqtt') return unsuitable(this.name);
    return this.#attempt(signal, async (client, until) => {
      // One after the other: the state is there before the event that speaks of it.
      for (const { topic, payload, retain } of content.publish) await orAbort(client.publishAsync(topic, payload, { qos: 1, retain }), until);
    });
  }

  /** Whether the broker lets us in; nothing is published. */
  async check(signal: AbortSignal): Promise<Attempt> {
    const attempt = await this.#attempt(signal, () => Promise.resolve());
    this.#drop();
    return attempt;
  }

  async #attempt(signal: AbortSignal, exchange: (client: MqttClient, until: AbortSignal) => Promise<void>): Promise<Attempt> {
    try {
      const client = this.#open();
      await withDeadline(signal, ATTEMPT_MS, async (until) => {
        if (!client.connected) await orAbort(opened(client), until);
        await exchange(client, until);
      });
      return { isTaken: true };
    } catch (error) {
      this.#drop();
      const { code } = error as { readonly code?: unknown };
      const refused = typeof code === 'number' && code > 0 ? `it refuses us (${messageOf(error)})` : connectionProblem(error);
      return away(`${new URL(this.#config.url).host}: ${refused}`);
    }
  }

  async close(): Promise<void> {
    this.#drop();
  }

  #open(): MqttClient {
    if (this.#client?.connected) return this.#client;
    this.#drop();
    const client = connect(this.#config.url, optionsOf(this.name, this.#config));
    client.on('error', () => undefined); // who waits for it hears of it, and so does the next attempt
    this.#client = client;
    return client;
  }

  #drop(): void {
    this.#client?.end(true);
    this.#client = undefined;
  }
}

function opened(client: MqttClient): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.once('connect', resolve).once('error', reject).once('close', () => reject(new Error('closed')));
  });
}

function optionsOf(name: string, { clientId, protocol, username, password, tls = {} }: MqttChannelConfig): IClientOptions {
  const pem = Object.entries(tls).map(([key, path]) => [key, readPem(`notify.channels.${name}.tls.${key}`, path)]);
  return {
    clientId: `${clientId}-notify-${name}`, clean: true, protocolVersion: protocol, reconnectPeriod: 0, connectTimeout: ATTEMPT_MS,
    log: () => undefined,
    ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }),
    ...(Object.fromEntries(pem) as object),
  };
}

/** Whatever comes of it, it is not waited for longer than that. */
function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
