import { messageOf } from '../../../domain/errors.ts';
import { BrokerTerms } from './brokerTerms.ts';
import { type BrokerAccess, type Closing, JournalledClient } from './client.ts';
import { SubscriptionRefused } from './closing.ts';
import { withinDeadline } from './deadline.ts';
import { heartbeatTopic } from './heartbeat.ts';
import type { MessageLog } from './messageLog.ts';
import { Presence } from './presence.ts';

export interface ProbeOptions {
  readonly access: BrokerAccess;
  /** Whose heartbeat is tried; the probe itself comes with an id of its own and keeps no session. */
  readonly clientId: string;
  readonly filters: readonly string[];
  /** How long each answer is waited for. */
  readonly timeoutMs: number;
}

/** What a probe found: why a connection could not be had, or what the broker does not allow, in sentences. */
export type Probe = { readonly closing: Closing } | { readonly notes: readonly string[] };

/** Last wills are tried in this many forms, twice each. */
const ATTEMPTS = 7;
const NO_LOG: MessageLog = {
  append: () => 0,
  queuedBytes: 0,
  onDurable: () => () => undefined,
  flush: () => Promise.resolve(),
};

/** Does at a broker what the receiver will do, and takes nothing: signs in with a last will, subscribes, and hears itself. */
export async function probeBroker(options: ProbeOptions): Promise<Probe> {
  const terms = new BrokerTerms(options.access.url, options.access.protocol, () => undefined);
  for (let attempt = 1; ; attempt++) {
    const closing = await visit(options, terms);
    if (!closing) return { notes: terms.notes };
    const silent = closing.error === undefined && closing.reasonCode === undefined && !closing.letIn;
    if (attempt === ATTEMPTS || !(terms.learnFrom(closing) || (silent && options.access.protocol === 4))) return { closing };
  }
}

/** How far a visit came. */
interface Progress {
  subscribed: boolean;
  done: boolean;
}

/** Resolves with why it ended before all was known, or undefined. */
function visit(options: ProbeOptions, terms: BrokerTerms): Promise<Closing | undefined> {
  const { access, clientId, timeoutMs } = options;
  const own = `wellwatch-doctor-${process.pid}`;
  return new Promise((resolve) => {
    let hear: () => void = () => undefined;
    const progress: Progress = { subscribed: false, done: false };
    const heard = new Promise<void>((answer) => (hear = answer));
    const client: JournalledClient = new JournalledClient({
      access, log: NO_LOG,
      clientId: own,
      clean: true,
      takes: () => false,
      onMessage: (topic) => {
        if (topic === heartbeatTopic(clientId)) hear();
      },
      // The broker publishes it only when the doctor dies meanwhile.
      will: new Presence(own, terms).will,
      keepaliveSeconds: 60,
      maxQueuedBytes: Infinity,
      onConnected: (connack) => {
        terms.letIn(connack);
        tryAll(client, options, { terms, heard, progress }).then(() => client.end(), (error: unknown) => client.destroy(asError(error)));
      },
      onDurable: () => undefined,
      onClosed: (closing) => {
        clearTimeout(late);
        if (progress.subscribed && !progress.done) terms.mayNotPublish(heartbeatTopic(clientId), 'it ends the connection');
        resolve(progress.subscribed ? undefined : closing);
      },
    });
    const late = setTimeout(() => client.destroy(new Error(`no answer within ${(3 * timeoutMs) / 1000} s`)), 3 * timeoutMs);
    client.connect();
  });
}

async function tryAll(
  client: JournalledClient,
  { clientId, filters, timeoutMs }: ProbeOptions,
  { terms, heard, progress }: { readonly terms: BrokerTerms; readonly heard: Promise<void>; readonly progress: Progress },
): Promise<void> {
  for (const filter of filters) {
    const granted = await client.subscribe(filter).catch((error: unknown) => {
      throw new SubscriptionRefused(filter, error);
    });
    terms.granted(filter, granted);
  }
  progress.subscribed = true;
  const beat = heartbeatTopic(clientId);
  try {
    await client.subscribe(beat, 0);
    await withinDeadline(client.publish(beat, 'doctor', { qos: terms.publish?.qos ?? 0, retain: false }), timeoutMs);
    if (!(await withinDeadline(heard, timeoutMs)) && client.connected) terms.noHeartbeat(beat, `nothing came within ${timeoutMs / 1000} s`);
  } catch (error) {
    if (client.connected) terms.noHeartbeat(beat, messageOf(error));
  }
  progress.done = client.connected;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
