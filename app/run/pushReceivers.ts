import { EmbeddedBroker, type EmbeddedBrokerOptions } from '../../ingest/receivers/mqtt/broker.ts';
import { Formats, originOf } from '../../ingest/receivers/formats.ts';
import type { MessageLog } from '../../ingest/receivers/mqtt/messageLog.ts';
import { MqttReceiver } from '../../ingest/receivers/mqtt/receiver.ts';
import { TopicLog } from '../../ingest/receivers/mqtt/topicLog.ts';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Journal } from '../../storage/journal/journal.ts';
import { BrokerUserFile } from '../access/brokerUserFile.ts';
import { isLoopback } from '../config/loopback.ts';
import type { Config, MqttConfig } from '../config/types.ts';

const EVERYBODY =
  'the embedded broker asks nobody who they are: every user of this machine may publish readings and read those of others. To ask for a ' +
    'user and a password set receivers.mqtt.users';
const PLAIN_TEXT =
  'passwords cross the network as plain text: set receivers.mqtt.tls to the certificate and key of the embedded broker';

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
function openMqtt({ config, journal, onLog }: PushOptions): Promise<Push> | undefined {
  const { receivers: { mqtt }, dataDir } = config;
  if (!mqtt) return undefined;
  const log = logOf(config, mqtt, journal);
  if (mqtt.broker === 'embedded') return openEmbedded(mqtt, { log, onLog });
  const receiver = new MqttReceiver({ ...mqtt, topic: mqtt.topics.map(({ topic }) => topic), dataDir, log, onLog });
  receiver.start();
  return Promise.resolve({ name: 'mqtt', url: mqtt.url, status: () => receiver.status(), stop: () => receiver.stop() });
}

/** The journal for the messages of each topic, in the format of that topic. */
function logOf({ formats, site }: Config, { topics }: MqttConfig, journal: Journal): MessageLog {
  const known = new Formats(formats, site.timezone);
  const plain = journal.inlet(originOf('mqtt', known.named(undefined)));
  if (topics.every(({ format }) => format === undefined)) return plain;
  const logs = topics.map(({ topic, format }) => ({ filter: topic, log: journal.inlet(originOf('mqtt', known.named(format))) }));
  return new TopicLog(logs, plain);
}

async function openEmbedded(
  { host, port, topics, users, tls }: Extract<MqttConfig, { broker: 'embedded' }>,
  common: Pick<EmbeddedBrokerOptions, 'log' | 'onLog'>,
): Promise<Push> {
  const access = users === undefined ? undefined : new BrokerUserFile(users, common.onLog);
  access?.open();
  const broker = new EmbeddedBroker({ host, port, topic: topics.map(({ topic }) => topic), tls, access, ...common });
  await broker.start();
  if (!access) common.onLog({ level: 'info', message: EVERYBODY });
  if (!isLoopback(host) && !tls) common.onLog({ level: 'warn', message: PLAIN_TEXT });
  return { name: 'mqtt', url: broker.status().url, status: () => broker.status(), stop: () => broker.stop() };
}
