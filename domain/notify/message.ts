import type { Priority } from '../alarm/rule.ts';
import type { Delivery } from './deliveries.ts';
import type { Notice, Told } from './told.ts';

/** What is sent, to the byte; a second attempt sends the same. Secrets are not in it: they come at each attempt. */
export type Content =
  | { readonly kind: 'http'; readonly contentType: string; readonly body: string }
  | { readonly kind: 'mail'; readonly from: string; readonly to: readonly string[]; readonly raw: string }
  | { readonly kind: 'mqtt'; readonly publish: readonly Publication[] };

/** One MQTT message; an empty retained one takes away what is retained. */
export interface Publication {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

/** A message in the outbox. */
export interface Message {
  /** Counts from 1, over all channels. */
  readonly number: number;
  /** The same at each attempt, and in no other message. */
  readonly id: string;
  readonly channel: string;
  readonly kind: Notice['kind'] | 'test' | 'report';
  readonly priority: Priority;
  /** Its first line. */
  readonly summary: string;
  /** Which pumps and rules it is about: messages of one are sent in order. */
  readonly keys: readonly string[];
  /** When it was made, ms since 1970-01-01T00:00Z, as all times here. */
  readonly at: number;
  readonly content: Content;
  attempts: number;
  /** Before then there is no further attempt. */
  notBefore: number;
  /** Why the last attempt failed. */
  problem: string | null;
}

/** What has become of a message that waits no more. */
export interface Outcome extends Omit<Message, 'content' | 'notBefore'> {
  readonly result: 'sent' | 'failed';
  readonly endedAt: number;
}

/** A message that was given up: it is kept and can be sent again. */
export type DeadLetter = Message & { readonly endedAt: number };

/** All that is kept on disk of telling. */
export interface OutboxState {
  /** Tells this data directory from all others, in ids of messages. */
  readonly site: string;
  /** Of the last message. */
  number: number;
  told: Told;
  /** In order. */
  readonly waiting: Map<number, Message>;
  readonly dead: Map<number, DeadLetter>;
  /** The last few that were sent or given up, the newest last. */
  history: Outcome[];
  /** How telling went, hour by hour. */
  readonly deliveries: Delivery[];
}
