import type { ReceiverStatus } from '../receiverStatus.ts';

/** How a push receiver is, worst first where several connections differ. */
export const PUSH_STATES = ['failed', 'refused', 'deaf', 'reconnecting', 'connecting', 'stopping', 'stopped', 'connected'] as const;

/**
 * `connected`: rows can come. `reconnecting`: the broker is gone for now. `refused`: it won't have us until somebody
 * changes something; tried again all the same. `deaf`: the connection stands, but not even what we publish ourselves comes. `failed`: the journal can't be written, so nothing is taken.
 */
export type PushState = (typeof PUSH_STATES)[number];

/** A push receiver as `status` shows it. */
export interface PushStatus extends ReceiverStatus {
  readonly state: PushState;
  /** Where publishers reach the broker. */
  readonly url: string;
  readonly topic: string;
  /** Our connections to the broker, or the publishers' to the embedded one. */
  readonly connections: number;
  /** When the last message was on disk, ISO 8601 in UTC; null before the first. */
  readonly lastMessageAt: string | null;
  /** Why it is not or was last not connected; null if it always was. */
  readonly lastError: string | null;
  /** What the broker does not allow or can't do, in sentences. */
  readonly notes?: readonly string[];
}
