import { isIP } from 'node:net';
import { z } from 'zod';
import { REJECT_BOUNDS } from '../../storage/table/rejects.ts';
import { isBrokerUrl } from './brokerUrl.ts';
import { formatSchema } from './formats/formatSchema.ts';
import {
  checkedText,
  durationFrom,
  durationOrAuto,
  durationOrNone,
  eitherNumber,
  integer,
  listOf,
  mapping,
  oneOf,
  path,
  rate,
  section,
  size,
  sizeOrNone,
  text,
  timeOfDayOrFalse,
} from './fields.ts';
import { forwardSection, kafkaReceiver } from './kafkaSection.ts';
import { maintenanceSection } from './maintenanceWindows.ts';
import { notifySection } from './notifySection.ts';
import { DEFAULT_RULES, ruleSection } from './ruleSection.ts';
import { storeSection } from './storeSection.ts';
import { tlsSection } from './tls.ts';
import { isTimeZone } from './zones.ts';

const host = () => checkedText('a host name or address', (value) => isIP(value) > 0 || /^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/i.test(value));

const topicFilter = () => checkedText('a topic filter such as pumps/+/readings', isTopicFilter);
const fileNames = () => text('a file\'s name in which * stands for anything', 255, /^[^/\p{Cc}]+$/u);
const formatName = () => text('the name of a format', 64);

const mqtt = section({
  url: checkedText('embedded, mqtt://host:1883 or mqtts://host:8883', (value) => value === 'embedded' || isBrokerUrl(value)).default(
    'embedded',
  ),
  host: host().optional(),
  port: integer(0, 65_535).optional(),
  users: path().optional(),
  topic: topicFilter().optional(),
  topics: listOf(z.strictObject({ topic: topicFilter(), format: formatName().optional() }, mapping()), 'a list of topics').optional(),
  clientId: text('a client id without /, + and #', 64, /^[^\p{Cc}/+#]+$/u).default('wellwatch'),
  connections: integer(1, 64).default(1),
  protocol: eitherNumber(5, 4).optional(),
  username: text('a user name', 1024).optional(),
  password: z.string().optional(),
  tls: tlsSection().optional(),
});

/**
 * The configuration as it is written, after the switches (`http: false` and the like) were taken out.
 * Durations become ms, sizes bytes. What depends on other settings has no default here.
 */
export const configSchema = z.strictObject({
  site: section({
    name: text('a name', 200).optional(),
    timezone: checkedText('an IANA time zone such as America/Chicago or UTC', isTimeZone).default('America/Chicago'),
  }),
  dataDir: path().default('var'),
  batchInterval: durationFrom(10, '10ms').default(2000),
  window: section({ length: durationFrom(1, '1ms').optional(), slide: durationFrom(1, '1ms').optional() }),
  limits: section({
    maxRowsPerStep: integer(1, 1_048_576).default(65_536),
    maxRate: rate().default(Infinity),
    journal: sizeOrNone().default(10e9),
    disk: sizeOrNone().default(Infinity),
    lateness: durationFrom(0, '0s').default(3_600_000),
    future: durationOrNone().default(86_400_000),
    rejects: section({
      most: integer(1, 10_000_000).default(REJECT_BOUNDS.most),
      age: durationFrom(60_000, '1m').default(REJECT_BOUNDS.ageMs),
    }),
  }),
  formats: z.record(z.string(), formatSchema, mapping()).default({}),
  receivers: section({
    directory: section({
      path: path().optional(),
      settle: durationOrAuto().default('auto'),
      formats: listOf(
        z.strictObject({ files: fileNames(), format: formatName() }, mapping()),
        'a list of { files, format }',
      ).default([]),
    }),
    mqtt,
    kafka: kafkaReceiver.optional(),
  }),
  reference: section({
    pumps: path().default('reference/sensorvendor.csv'),
    maintenance: path().default('reference/sensormaint.csv'),
    contacts: path().optional(),
  }),
  store: storeSection,
  rules: listOf(ruleSection, 'a list of rules').default(DEFAULT_RULES),
  alarms: section({
    hold: durationFrom(1000, '1s').default(300_000),
    shelve: durationFrom(60_000, '1m').default(8 * 3_600_000),
    late: durationFrom(0, '0s').default(3_600_000),
  }),
  maintenance: maintenanceSection,
  notify: notifySection,
  summary: section({ at: timeOfDayOrFalse().default('00:30'), report: listOf(text('the name of a channel', 32), 'a list of channels').default([]) }),
  parquet: z.strictObject({ path: path() }, mapping()).optional(),
  forward: forwardSection.optional(),
  http: section({
    host: host().default('127.0.0.1'),
    port: integer(0, 65_535).default(8090),
    tokens: path().optional(),
    trustProxy: listOf(
      checkedText('the address of a proxy, or a range such as 10.0.0.0/8', isAddressRange),
      'a list of addresses',
    ).optional(),
  }),
  sql: section({
    memory: size(64e6, '64MB').default(512e6),
    timeout: durationFrom(100, '100ms').default(30_000),
    rows: integer(1, 10_000_000).default(100_000),
  }),
  log: section({ level: oneOf(['debug', 'info', 'warn', 'error']).default('info') }),
});

/** The configuration as written, whole and valid by itself. */
export type WrittenConfig = z.output<typeof configSchema>;

/** Sections that `false` switches off. */
export const SWITCHES = ['receivers.directory', 'receivers.mqtt', 'receivers.kafka', 'summary', 'parquet', 'forward', 'http'] as const;
export type Switch = (typeof SWITCHES)[number];

/** Settings that may not stand in the file. */
export const SECRETS: readonly string[] = [
  'receivers.mqtt.password', 'receivers.kafka.sasl.password', 'forward.sasl.password', 'store.password', 'store.token', 'notify.smtp.password',
];

/** An IP address, with or without the length of its network's prefix. */
function isAddressRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

/** MQTT 5, section 4.7.1: `#` last, `+` alone in its level. `$share` is ours to add. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.startsWith('$') || /\p{Cc}/u.test(filter) || Buffer.byteLength(filter) > 1024) return false;
  const levels = filter.split('/');
  return levels.every((level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#]/.test(level));
}
