import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Journal } from '../../storage/journal/journal.ts';
import type { Config } from '../config/types.ts';

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
