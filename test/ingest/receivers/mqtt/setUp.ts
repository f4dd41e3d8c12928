import { join } from 'node:path';
import { connect, connectAsync, type IClientOptions } from 'mqtt';
import { onTestFinished } from 'vitest';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../../../ingest/receivers/mqtt/connection.ts';
import { MqttReceiver, type MqttReceiverOptions } from '../../../../ingest/receivers/mqtt/receiver.ts';
import type { LogEvent } from '../../../../domain/logEvent.ts';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from '../../../support/mosquitto.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { FileLog } from '../../../support/fileLog.ts';
import { spyOn, type TcpSpy } from './tcpSpy.ts';
import { until } from '../../../support/waiting.ts';

export const QUICK: ConnectionLimits = { ...CONNECTION_LIMITS, backoff: { minMs: 20, maxMs: 100 } };

/** A broker that goes with the test. */
export async function broker(options?: MosquittoOptions): Promise<Mosquitto> {
  const mosquitto = await startMosquitto(options);
  onTestFinished(() => mosquitto.stop());
  return mosquitto;
}

/** A spy on a port that goes with the test. */
export async function spy(port: number): Promise<TcpSpy> {
  const tcpSpy = await spyOn(port);
  onTestFinished(() => tcpSpy.close());
  return tcpSpy;
}

export function fileLog(options?: { keep?: boolean }): FileLog {
  const log = new FileLog(join(tempDir(), 'log'), options);
  onTestFinished(() => log.close());
  return log;
}

export interface Receiving {
  readonly receiver: MqttReceiver;
  readonly log: FileLog;
  readonly events: LogEvent[];
}

/** A receiver that is stopped after the test, and what it says. */
export function receive({
  signal,
  ...options
}: Partial<MqttReceiverOptions> & { url: string; log?: FileLog; signal?: AbortSignal }): Receiving {
  const events: LogEvent[] = [];
  const log = options.log ?? fileLog();
  const receiver = new MqttReceiver({
    topic: 'pumps/+/readings',
    clientId: 'wellwatch',
    connections: 1,
    protocol: 5,
    dataDir: tempDir(),
    limits: QUICK,
    drain: { quietMs: 200, longestMs: 5000 },
    onLog: (event) => events.push(event),
    ...options,
    log,
  });
  receiver.start(signal);
  onTestFinished(async () => {
    log.goOn();
    await receiver.stop();
  });
  return { receiver, log, events };
}

export function untilConnected({ receiver }: Receiving): Promise<void> {
  return until(
    () => receiver.status().state === 'connected',
    `it is connected, now ${receiver.status().state}: ${receiver.status().lastError}`,
  );
}

/** Publishes all of them; resolves when the broker has acknowledged them. */
export async function publish(
  url: string,
  payloads: readonly string[],
  { topic = 'pumps/COHUTTA/readings', qos = 1, ...options }: IClientOptions & { topic?: string; qos?: 0 | 1 | 2 } = {},
): Promise<void> {
  const client = await connectAsync(url, options);
  await Promise.all(payloads.map((payload) => client.publishAsync(topic, payload, { qos })));
  await client.endAsync();
}

/** `0` to `n - 1` as texts. */
export function numbered(n: number): string[] {
  return Array.from({ length: n }, (_, i) => String(i));
}

/** Whether the broker keeps a session for a client that is not connected. */
export async function hasSession(url: string, clientId: string): Promise<boolean> {
  const visitor = connect(url, { clientId, clean: false, manualConnect: true });
  const connected = new Promise<boolean>((resolve) => visitor.once('connect', ({ sessionPresent }) => resolve(sessionPresent)));
  visitor.connect();
  try {
    return await connected;
  } finally {
    await visitor.endAsync();
  }
}
