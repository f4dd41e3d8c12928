import type { EmbeddedBrokerOptions } from '../../ingest/receivers/mqtt/broker.ts';
import { Formats } from '../../ingest/receivers/formats.ts';
import type { MessageLog } from '../../ingest/receivers/mqtt/messageLog.ts';
import { TopicLog } from '../../ingest/receivers/mqtt/topicLog.ts';
import { originOf } from '../../ingest/receivers/origin.ts';
import type { Journal } from '../../storage/journal/journal.ts';
import { BrokerUserFile } from '../access/brokerUserFile.ts';
import { isLoopback } from '../config/loopback.ts';
import type { Config, MqttConfig } from '../config/types.ts';
import type { Push, PushOptions } from './push.ts';

const EVERYBODY =
  'the embedded broker asks nobody who they are: every user of this machine may publish readings and read those of others. To ask for a ' +
    'user and a password set receivers.mqtt.users';
const PLAIN_TEXT =
  'passwords cross the network as plain text: set receivers.mqtt.tls to the certificate and key of the embedded broker';

/** An embedded broker, or connections to one of the site's: the library of the one that is configured is loaded. */
export async function openMqtt(mqtt: MqttConfig, { config, journal, onLog }: PushOptions): Promise<Push> {
  const { dataDir } = config;
  const log = await logOf(config, mqtt, journal);
  if (mqtt.broker === 'embedded') return openEmbedded(mqtt, { log, onLog });
  const { MqttReceiver } = await import('../../ingest/receivers/mqtt/receiver.ts');
  const receiver = new MqttReceiver({ ...mqtt, topic: mqtt.topics.map(({ topic }) => topic), dataDir, log, onLog });
  receiver.start();
  return { name: 'mqtt', url: mqtt.url, status: () => receiver.status(), stop: () => receiver.stop() };
}

/** The journal for the messages of each topic, in the format of that topic. */
async function logOf({ formats, site }: Config, { topics }: MqttConfig, journal: Journal): Promise<MessageLog> {
  const known = await Formats.of(formats, site.timezone);
  const plain = journal.inlet(originOf('mqtt', known.named(undefined)));
  if (topics.every(({ format }) => format === undefined)) return plain;
  const logs = topics.map(({ topic, format }) => ({ filter: topic, log: journal.inlet(originOf('mqtt', known.named(format))) }));
  return new TopicLog(logs, plain);
}

async function openEmbedded(
  { host, port, topics, users, tls }: Extract<MqttConfig, { broker: 'embedded' }>,
  common: Pick<EmbeddedBrokerOptions, 'log' | 'onLog'>,
): Promise<Push> {
  const { EmbeddedBroker } = await import('../../ingest/receivers/mqtt/broker.ts');
  const access = users === undefined ? undefined : new BrokerUserFile(users, common.onLog);
  access?.open();
  const broker = new EmbeddedBroker({ host, port, topic: topics.map(({ topic }) => topic), tls, access, ...common });
  await broker.start();
  if (!access) common.onLog({ level: 'info', message: EVERYBODY });
  if (!isLoopback(host) && !tls) common.onLog({ level: 'warn', message: PLAIN_TEXT });
  return { name: 'mqtt', url: broker.status().url, status: () => broker.status(), stop: () => broker.stop() };
}
