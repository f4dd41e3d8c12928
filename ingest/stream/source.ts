import type { LogEvent } from '../../domain/logEvent.ts';
import type { NodeState } from './checkpoint.ts';

/** What a source can say while it receives. */
export interface SourceReports {
  readonly onEvent: (event: LogEvent) => void;
  /** It has lost what it takes from, and tries again: for listeners. */
  readonly onError: (message: string) => void;
}

/** Where a stream begins. A batch takes what has come since the last one. */
export interface StreamSource<T> {
  readonly kind: string;
  readonly name?: string | undefined;
  /** The position, for a source that can go back to it: what it has given is then counted once, over crashes too. */
  readonly state?: Readonly<Record<string, NodeState>>;
  /** Begins to receive. What it is given can be called until `close`. */
  start?(onEvent: SourceReports['onEvent'], onError: SourceReports['onError']): void | Promise<void>;
  /**
   * What has come, at a batch's time. Where the context has a rate these are at most `limit` items, and the rest waits for
   * the next batch; a source that can't leave any behind gives them all.
   */
  take(time: number, limit?: number): readonly T[] | Promise<readonly T[]>;
  /** What was taken is in a checkpoint that is on disk, where the context has one: it need not be given again. */
  committed?(): void | Promise<void>;
  /** Receives no more; what has come can still be taken. Called once in the end, also when it was not started or did not start. */
  stop?(): void | Promise<void>;
  /** Something was received and has not been taken: a graceful stop takes it. */
  pending?(): boolean;
  /** Nothing will come any more. A context whose sources have all ended stops by itself. */
  ended?(): boolean;
  /** Nothing more will be taken. */
  close?(): void | Promise<void>;
}
