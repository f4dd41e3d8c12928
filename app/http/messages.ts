import type { Alert } from '../../domain/alarm/alert.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Enriched } from '../../domain/alarm/enriched.ts';
import type { AlertRun } from '../../domain/alarm/alertRun.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { JobStatus } from '../run/statusFile.ts';
import type { StoreAway } from '../../storage/table/remote.ts';
import type { WindowStatus } from '../run/windowStatus.ts';
import type { StoredToken } from '../access/tokens.ts';
import type { ServedConfig } from './server.ts';

/** What the HTTP thread is started with. */
export interface HttpThreadData {
  readonly config: ServedConfig;
  /** What is known at its start; what comes after that is told. */
  readonly snapshot: JobSnapshot;
  /** One 32-bit number: how many messages the thread has done with. */
  readonly handled: SharedArrayBuffer;
  /** The tokens that an earlier thread let in, if there ever were any: a file that has gone since then opens nothing. */
  readonly tokens: readonly StoredToken[] | undefined;
}

/** All that a page can be told of the job so far, for a thread that begins, or that has missed something. */
export interface JobSnapshot {
  readonly status: JobStatus;
  /** The batches that are remembered; the newest last. */
  readonly batches: readonly JobBatch[];
}

/** How late the main thread's event loop came to its work, ms. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** From the main thread to the HTTP thread: news of the job. */
export type ToHttp =
  /** Each second, when the job takes rows, and when the store goes away or is back. */
  | { readonly kind: 'status'; readonly status: JobStatus; readonly loopDelay?: LoopDelay }
  | { readonly kind: 'batch'; readonly batch: JobBatch }
  | { readonly kind: 'runs'; readonly runs: readonly Enriched<AlertRun>[] }
  | { readonly kind: 'withdrawn'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'window'; readonly window: WindowStatus }
  | { readonly kind: 'receiver'; readonly name: ReceiverName; readonly status: ReceiverStatus }
  | { readonly kind: 'store'; readonly away: StoreAway | undefined };

/** How the thread's life goes; only HttpSide says it. */
export type ToHttpThread = ToHttp
  /** Something was left out, because the thread was behind: this is how things are now. */
  | { readonly kind: 'again'; readonly snapshot: JobSnapshot }
  | { readonly kind: 'stop' };

/** From the HTTP thread to the main thread. */
export type FromHttp =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'event'; readonly event: LogEvent }
  /** The tokens that hold from now on: for the thread that takes the place of this one if it dies. */
  | { readonly kind: 'tokens'; readonly tokens: readonly StoredToken[] }
  /** It can't begin. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
