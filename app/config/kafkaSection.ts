import { z } from 'zod';
import { SASL_MECHANISMS } from '../../ingest/receivers/kafka/access.ts';
import type { Issue } from './issues.ts';
import { from, mapping, oneOf, text } from './fields.ts';
import { tlsSection } from './tls.ts';

const BROKER = /^(\[[\da-f:.]+\]|[a-z\d]([a-z\d._-]{0,251}[a-z\d])?):(\d{1,5})$/i;

/** A list of `host:port`, or one text with commas between them, as environment variables have it. */
const brokers = () => from('brokers such as [k1:9092, k2:9092]', (value) => {
  const list: unknown[] = typeof value === 'string' ? value.split(',').map((broker) => broker.trim()) : Array.isArray(value) ? value : [];
  const isBroker = (broker: unknown): broker is string =>
    typeof broker === 'string' && BROKER.test(broker) && Number(broker.slice(broker.lastIndexOf(':') + 1)) <= 65_535;
  return list.length > 0 && list.every(isBroker) ? list : undefined;
});

/** How a cluster is reached, wherever one is configured. */
export const kafkaAccess = {
  brokers: brokers(),
  topic: text('a topic of letters, digits, dot, dash and underscore', 249, /^[\w.-]+$/).default('readings'),
  tls: tlsSection().optional(),
  sasl: z.strictObject({
    mechanism: oneOf(SASL_MECHANISMS),
    username: text('a user name', 1024),
    password: z.string().optional(),
  }, mapping()).optional(),
};

/** `receivers.kafka` as it is written. */
export const kafkaReceiver = z.strictObject({
  ...kafkaAccess,
  group: text('the name of a group', 255).default('wellwatch'),
  format: text('the name of a format', 64).optional(),
}, mapping());

/** `forward` as it is written. */
export const forwardSection = z.strictObject({
  ...kafkaAccess,
  prefix: text('a name of letters, digits, dash and underscore, 31 at most', 31, /^[\w-]+$/).optional(),
}, mapping());

/** A cluster as it is written. */
export type WrittenKafka = z.output<z.ZodObject<typeof kafkaAccess>>;

/** What does not go together in a cluster's settings, which stand at `path`. */
export function kafkaIssues(path: string, { tls, sasl }: WrittenKafka): Issue[] {
  const variable = `WELLWATCH_${path.replaceAll('.', '_').toUpperCase()}_SASL_PASSWORD`;
  return [
    ...(tls && (tls.cert === undefined) !== (tls.key === undefined)
      ? [{ path: `${path}.tls`, problem: `expected cert and key together, got only ${tls.cert === undefined ? 'key' : 'cert'}` }]
      : []),
    ...(sasl && sasl.password === undefined
      ? [{
          path: `${path}.sasl.password`,
          problem: `expected a password to go with the user name, got nothing; set ${variable}, or ${variable}_FILE to a file that holds it`,
        }]
      : []),
  ];
}

/** What others could read on the way. */
export function kafkaWarnings(path: string, { tls, sasl }: WrittenKafka): string[] {
  if (sasl?.mechanism !== 'PLAIN' || tls) return [];
  return [`${path}.sasl: the password goes to the brokers as plain text: set ${path}.tls, or take the mechanism SCRAM-SHA-512`];
}
