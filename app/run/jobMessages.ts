import type { Alert } from '../../domain/alarm/alert.ts';
import type { Counts } from '../../domain/balance.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Enriched, EnrichedAlert } from '../../domain/alarm/enriched.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Unstored } from '../../domain/alarm/unstored.ts';
import type { NewRun } from '../../domain/alarm/alertRun.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { BatchSample } from '../../ingest/job/batchSample.ts';
import type { WindowReport } from '../../ingest/pumpState/windowReport.ts';
import type { LeftOut } from '../../ingest/decode/mapping/tally.ts';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { ForwardStatus } from '../../ingest/forward/forwarder.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import type { Config } from '../config/types.ts';
import type { StoreAway } from '../../storage/table/remote.ts';

/** Which alerts are wanted: each, in full; and those that belong together as one. */
export interface AlertDetail {
  readonly every: boolean;
  readonly runs: boolean;
}

/** What the job's thread is started with. */
export interface JobThreadData {
  readonly config: Config;
  readonly once: boolean;
  readonly alerts: AlertDetail;
  /** Of a SharedFlag: set while nobody reads the alerts, of which the main thread is then told only how many. */
  readonly unread: SharedArrayBuffer;
  /** Samples of the batches are wanted, to be printed. */
  readonly samples: boolean;
  /** 8 bytes, see ReceiptClock. */
  readonly clock: SharedArrayBuffer;
}

/** From the main thread to the job's. */
export type ToJob =
  | { readonly kind: 'start'; readonly durable: JournalPosition }
  | { readonly kind: 'durable'; readonly position: JournalPosition }
  /** Takes nothing more, brings what has come into the table, ends. */
  | { readonly kind: 'stop' }
  /** Ends after the transaction that is under way, if one is. */
  | { readonly kind: 'halt' };

/** From the job's thread to the main thread. */
export type FromJob =
  | { readonly kind: 'ready'; readonly journal: JournalPosition }
  | { readonly kind: 'alerts'; readonly alerts: readonly EnrichedAlert[] }
  /** So many alerts came while nobody read them. */
  | { readonly kind: 'unread'; readonly alerts: number }
  | { readonly kind: 'runs'; readonly runs: readonly Enriched<NewRun>[] }
  | { readonly kind: 'withdrawn'; readonly alerts: readonly Alert[] }
  /** What was told and is not stored yet, when that has changed. */
  | { readonly kind: 'unstored'; readonly unstored: Unstored }
  | { readonly kind: 'batch'; readonly batch: JobBatch }
  /** How a pull receiver is, when that has changed. */
  | { readonly kind: 'receiver'; readonly name: ReceiverName; readonly status: ReceiverStatus }
  /** What the configuration's formats left out since the start, when that has changed. */
  | { readonly kind: 'leftOut'; readonly leftOut: readonly LeftOut[] }
  /** How forwarding is, when that has changed. */
  | { readonly kind: 'forward'; readonly status: ForwardStatus }
  /** After a batch that had readings; `time` is when its interval ended, in ms since 1970-01-01T00:00Z. */
  | { readonly kind: 'sample'; readonly time: number; readonly sample: BatchSample }
  /** Each slide, while there is something in the window. */
  | { readonly kind: 'window'; readonly window: WindowReport }
  | { readonly kind: 'taken'; readonly position: JournalPosition }
  | { readonly kind: 'event'; readonly event: LogEvent }
  /** The table is ready for steps. */
  | { readonly kind: 'recovered' }
  /** The store is away, or undefined: it answers again. */
  | { readonly kind: 'store'; readonly away: StoreAway | undefined }
  | { readonly kind: 'ended'; readonly counts: Counts }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly stack: string | undefined };
