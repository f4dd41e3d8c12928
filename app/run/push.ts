import { EmbeddedBroker } from '../../ingest/receivers/mqtt/broker.ts';
import type { MessageLog } from '../../ingest/receivers/mqtt/messageLog.ts';
import type { PushStatus } from '../../ingest/receivers/mqtt/pushStatus.ts';
import { MqttReceiver } from '../../ingest/receivers/mqtt/receiver.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { MqttConfig } from '../config/types.ts';

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
  readonly onLog: (event: LogEvent) => void;
}

/** Starts the configured push receiver. Throws BROKER_UNAVAILABLE when the embedded broker's port is taken, CONFIG for TLS files that can't be read. */
export async function openPush({ mqtt, dataDir, log, onLog }: PushOptions): Promise<Push> {
  if (mqtt.broker === 'embedded') {
    const broker = new EmbeddedBroker({ port: mqtt.port, topic: mqtt.topic, log, onLog });
    await broker.start();
    return broker;
  }
  const receiver = new MqttReceiver({ ...mqtt, dataDir, log, onLog });
  receiver.start();
  return receiver;
}
