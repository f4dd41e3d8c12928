import type { OutboxState } from '../../domain/notify/message.ts';
import type { OutboxRecord } from './records.ts';

/** What was told and what is still to be sent, kept somewhere that outlives the process. */
export interface KeptOutbox {
  readonly state: OutboxState;
  /** Why nothing can be written; undefined while all is well. */
  readonly problem: string | undefined;
  /** The state is as after the record from now on; resolves when that is kept. Throws FENCED when another worker has taken it over. */
  add(record: OutboxRecord): Promise<void>;
  /** The same for what may be forgotten when the process dies: then something is sent again, with the same id. */
  note(record: OutboxRecord): void;
  /** Resolves when all is written, or can't be. */
  close(): Promise<void>;
}
