import { isIP } from 'node:net';
import type { Admin, BaseOptions, Consumer } from '@platformatic/kafka';
import { messageOf } from '../../../domain/errors.ts';
import type { KafkaAccess } from './access.ts';

/** What loads the client: it takes a fifth of a second, which only those pay who have Kafka. */
export const kafkaLibrary = () => import('@platformatic/kafka');

/** Begins to load it; whoever needs it then hears what went wrong. */
export function preloadKafka(): void {
  kafkaLibrary().catch(() => undefined);
}

/** The options of every client of ours. Whoever calls tries again by himself, in his own time. */
export function clientOptions({ brokers, tls, sasl }: KafkaAccess, clientId: string): BaseOptions {
  const named = brokers.every((broker) => isIP(hostOf(broker)) === 0);
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    retries: 0,
    connectTimeout: 5000,
    timeout: 10_000,
    requestTimeout: 10_000,
    metadataMaxAge: 5000,
    autocreateTopics: false,
    ...(tls && { tls: { ...tls }, tlsServerName: named }),
    ...(sasl && { sasl: { ...sasl } }),
  };
}

/** A consumer that fetches what it is told to, and is in no group unless it joins. */
export async function openConsumer(
  access: KafkaAccess,
  { clientId, group }: { readonly clientId: string; readonly group: string },
): Promise<Consumer> {
  const { Consumer: Client } = await kafkaLibrary();
  return new Client({ ...clientOptions(access, clientId), groupId: group });
}

/** A client for questions about topics and groups. */
export async function openAdmin(access: KafkaAccess, clientId: string): Promise<Admin> {
  const { Admin: Client } = await kafkaLibrary();
  return new Client(clientOptions(access, clientId));
}

/** `k1` of `k1:9092`, `::1` of `[::1]:9092`. */
export function hostOf(broker: string): string {
  return broker.slice(0, broker.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
}

/** What Kafka or the network said, the innermost first: the client packs errors into errors. */
export function errorsIn(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const packed = error instanceof AggregateError ? error.errors : [];
  return [...packed.flatMap(errorsIn), ...errorsIn(error.cause), error];
}

/** Kafka's own name of what is wrong, `OFFSET_OUT_OF_RANGE`, if it said one. */
export function kafkaError(error: unknown): string | undefined {
  for (const each of errorsIn(error)) if ('apiId' in each && typeof each.apiId === 'string') return each.apiId;
  return undefined;
}

/** Errors that end only when somebody changes something, and what. */
const REFUSALS: Readonly<Record<string, string>> = {
  SASL_AUTHENTICATION_FAILED: 'user or password is wrong: correct sasl.username, and the password in the environment',
  UNSUPPORTED_SASL_MECHANISM: 'the brokers know no such mechanism: correct sasl.mechanism',
  ILLEGAL_SASL_STATE: 'the brokers want another way of signing in: correct tls and sasl',
  TOPIC_AUTHORIZATION_FAILED: 'we may not read or describe the topic: ask for the rights READ and DESCRIBE',
  GROUP_AUTHORIZATION_FAILED: 'we may not use the group: ask for the right READ on it',
  CLUSTER_AUTHORIZATION_FAILED: 'we may not write idempotently: ask for the right IDEMPOTENT_WRITE',
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic: make it, or correct topic',
};

/** What went wrong, for people; `refused` when it goes on until somebody changes something. */
export function diagnoseKafka(error: unknown): { readonly reason: string; readonly refused: boolean } {
  const name = kafkaError(error);
  const advice = name === undefined ? undefined : REFUSALS[name];
  if (advice !== undefined) return { reason: `${name}: ${advice}`, refused: true };
  const all = errorsIn(error);
  if (all.some((each) => 'code' in each && each.code === 'PLT_KFK_AUTHENTICATION'))
    return { reason: `the brokers don't let us in: ${REFUSALS.SASL_AUTHENTICATION_FAILED}`, refused: true };
  if (all.some(({ message }) => message.startsWith('Unknown topic'))) return { reason: REFUSALS.UNKNOWN_TOPIC_OR_PARTITION, refused: true };
  const first = all.find((each) => !(each instanceof AggregateError));
  return { reason: name === undefined ? messageOf(first ?? error) : `${name}: ${messageOf(first ?? error)}`, refused: false };
}
