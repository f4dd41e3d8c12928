import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from '../../../../ingest/receivers/mqtt/broker.ts';
import type { LogEvent } from '../../../../domain/logEvent.ts';
import type { FileLog } from '../../../support/fileLog.ts';
import { fileLog } from './setUp.ts';

export const TOPIC = 'pumps/COHUTTA/readings';

export interface Embedded {
  readonly embedded: EmbeddedBroker;
  readonly log: FileLog;
  readonly events: LogEvent[];
  readonly port: number;
}

/** An embedded broker that goes with the test. */
export async function start(options: Partial<EmbeddedBrokerOptions> = {}): Promise<Embedded> {
  const log = fileLog();
  const events: LogEvent[] = [];
  const embedded = new EmbeddedBroker({ port: 0, topic: 'pumps/+/readings', log, onLog: (event) => events.push(event), ...options });
  onTestFinished(async () => {
    log.goOn();
    await embedded.stop();
  });
  await embedded.start();
  return { embedded, log, events, port: Number(new URL(embedded.url).port) };
}

/** A publisher that does not try again, and goes with the test. */
export async function publisher(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options });
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}
