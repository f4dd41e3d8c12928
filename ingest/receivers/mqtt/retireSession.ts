import { setTimeout } from 'node:timers/promises';
import type { BrokerTerms } from './brokerTerms.ts';
import { type BrokerAccess, JournalledClient } from './client.ts';
import type { ConnectionLimits } from './connection.ts';
import { withinDeadline } from './deadline.ts';
import type { MessageLog } from './messageLog.ts';
import { statusTopic } from './presence.ts';
import type { Session } from './sessions.ts';
import { takesTopic } from './topicShare.ts';

/** When a session counts as empty. */
export interface DrainLimits {
  /** So long nothing came, ms. */
  readonly quietMs: number;
  /** A session whose topic is always busy is unsubscribed after so long at the latest, ms. */
  readonly longestMs: number;
}

export const DRAIN_LIMITS: DrainLimits = { quietMs: 1000, longestMs: 60_000 };

export interface RetireOptions {
  readonly access: BrokerAccess;
  readonly session: Session;
  readonly log: MessageLog;
  readonly limits: ConnectionLimits;
  readonly terms: BrokerTerms;
  readonly drain: DrainLimits;
  readonly signal: AbortSignal;
}

/**
 * Takes what waits in a session that is needed no more into the journal, and removes the session from the
 * broker. Whoever takes its place must be subscribed before. Rejects when the connection fails or the
 * signal is aborted: what was not taken is still there, and retiring it can be tried again.
 */
export async function retireSession(options: RetireOptions): Promise<void> {
  const { session, log, limits, terms } = options;
  const visit = await join(options, false);
  const { client } = visit;
  try {
    if (visit.sessionPresent) {
      await quiet(visit, options, options.drain.longestMs);
      // Not before: a broker may drop what it has buffered when it is unsubscribed.
      await client.unsubscribe(session.filters);
      await quiet(visit, options, Infinity);
    }
    // Nothing is retained where that can't be, or where we may not publish.
    if (terms.publish?.retain) {
      const removed = client.publish(statusTopic(session.clientId), '', terms.publish).catch(() => undefined);
      await withinDeadline(removed, limits.stopMs);
    }
  } finally {
    client.ignoreMessages();
    await withinDeadline(log.flush(), limits.stopMs);
    await client.end();
  }
  const last = await join(options, true);
  await last.client.end();
}

/** A client in the session to be retired. */
interface Visit {
  readonly client: JournalledClient;
  readonly sessionPresent: boolean;
  /** When something last came: a time of `performance.now()`. */
  readonly lastAt: () => number;
}

/** Connects once with the session's id; `clean` has the broker forget it at the end. */
function join({ access, session, log, limits }: RetireOptions, clean: boolean): Promise<Visit> {
  let lastAt = performance.now();
  return new Promise((resolve, reject) => {
    const client: JournalledClient = new JournalledClient({
      access,
      clientId: session.clientId,
      clean,
      log,
      // Others of its kind have the rest.
      takes: session.share && takesTopic(session.share),
      keepaliveSeconds: limits.keepaliveSeconds,
      maxQueuedBytes: limits.maxQueuedBytes,
      onConnected: ({ sessionPresent }) => resolve({ client, sessionPresent, lastAt: () => lastAt }),
      onDurable: () => {
        lastAt = performance.now();
      },
      onClosed: ({ error }) => reject(error ?? new Error('the broker closed the connection')),
    });
    client.connect();
  });
}

/** Waits until nothing has come for a while, at most `longestMs`. */
async function quiet({ client, lastAt }: Visit, { drain, signal }: RetireOptions, longestMs: number): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < longestMs) {
    if (!client.connected) throw new Error('the connection was lost');
    if (client.unjournalled === 0 && performance.now() - Math.max(began, lastAt()) >= drain.quietMs) return;
    await setTimeout(drain.quietMs / 10, undefined, { signal });
  }
}
