import { EmbeddedBroker } from '../../ingest/receivers/mqtt/broker.ts';
import type { MessageLog } from '../../ingest/receivers/mqtt/messageLog.ts';
import type { PushStatus } from '../../ingest/receivers/mqtt/pushStatus.ts';
import { MqttReceiver } from '../../ingest/receivers/mqtt/receiver.ts';
import type { JobEvent } from '../../ingest/receivers/source.ts';
import type { MqttConfig } from '../config/load.ts';

/** A push receiver at work: an embedded broker, or connections to one of the site's. */
export interface Push {
  status(): PushStatus;
  /** Takes nothing more, puts on disk what has come, acknowledges it, and closes. */
  stop(): Promise<void>;
}

export interface PushOptions {
  readonly mqtt: MqttConfig;
  readonly dataDir: string;
  readonly log: MessageLog;
  readonly onEvent: (event: JobEvent) => void;
}

/** Starts the configured push receiver. Throws BROKER_UNAVAILABLE when the embedded broker's port is taken, CONFIG for TLS files that can't be read. */
export async function openPush({ mqtt, dataDir, log, onEvent }: PushOptions): Promise<Push> {
  if (mqtt.broker === 'embedded') {
    const broker = new EmbeddedBroker({ port: mqtt.port, topic: mqtt.topic, log, onEvent });
    await broker.start();
    return broker;
  }
  const receiver = new MqttReceiver({ ...mqtt, dataDir, log, onEvent });
  receiver.start();
  return receiver;
}
