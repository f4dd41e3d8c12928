import { EmbeddedBroker } from '../../ingest/receivers/mqtt/broker.ts';
import { csvDecoder } from '../../ingest/decode/csv/csvDecoder.ts';
import { originOf } from '../../ingest/receivers/formats.ts';
import { MqttReceiver } from '../../ingest/receivers/mqtt/receiver.ts';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Journal } from '../../storage/journal/journal.ts';
import type { Config } from '../config/types.ts';

/** A push receiver at work. */
export interface Push {
  readonly name: ReceiverName;
  /** Where its senders reach it. */
  readonly url: string;
  status(): ReceiverStatus;
  /** Takes nothing more, puts on disk what has come, acknowledges it, and closes. */
  stop(): Promise<void>;
}

export interface PushOptions {
  readonly config: Config;
  /** Each receiver has an inlet of it, which says who brought a message, and in which format. */
  readonly journal: Journal;
  readonly onLog: (event: LogEvent) => void;
}

/** How each is opened; undefined when the configuration switches it off. A new one has its line here. */
const OPENERS: readonly ((options: PushOptions) => Promise<Push> | undefined)[] = [openMqtt];

/**
 * Starts the configured push receivers, one after the other; those that run are stopped when one fails. Throws
 * BROKER_UNAVAILABLE when the embedded broker's port is taken, CONFIG for TLS files that can't be read.
 */
export async function openPushReceivers(options: PushOptions): Promise<Push[]> {
  const opened: Push[] = [];
  try {
    for (const open of OPENERS) {
      const push = await open(options);
      if (push) opened.push(push);
    }
  } catch (error) {
    await Promise.all(opened.map((push) => push.stop()));
    throw error;
  }
  return opened;
}

/** An embedded broker, or connections to one of the site's. */
function openMqtt({ config: { receivers: { mqtt }, dataDir }, journal, onLog }: PushOptions): Promise<Push> | undefined {
  if (!mqtt) return undefined;
  const log = journal.inlet(originOf('mqtt', csvDecoder));
  if (mqtt.broker === 'embedded') return openEmbedded(new EmbeddedBroker({ port: mqtt.port, topic: mqtt.topic, log, onLog }));
  const receiver = new MqttReceiver({ ...mqtt, dataDir, log, onLog });
  receiver.start();
  return Promise.resolve({ name: 'mqtt', url: mqtt.url, status: () => receiver.status(), stop: () => receiver.stop() });
}

async function openEmbedded(broker: EmbeddedBroker): Promise<Push> {
  await broker.start();
  return { name: 'mqtt', url: broker.status().url, status: () => broker.status(), stop: () => broker.stop() };
}
