import { type ByReceiver, RECEIVER_NAMES } from '../../domain/receivers.ts';
import { BatchHistory } from '../../ingest/reports/batchHistory.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { ReceiverStatus } from '../../ingest/receivers/receiverStatus.ts';
import type { StreamingListeners } from '../../ingest/reports/streamingListener.ts';
import type { SiteListener } from './siteListener.ts';
import type { StoreAway } from '../../storage/table/remote.ts';

/** The receivers that there are. */
export type Receivers = Partial<ByReceiver<ReceiverStatus>>;

const LOOK_MS = 500;

/** What is known of a running job: its last batches, what they come to, and who wants to hear of it. */
export class JobReports {
  readonly history = new BatchHistory();
  readonly #listeners: StreamingListeners<SiteListener>;
  readonly #receivers: () => Receivers;
  #told: Receivers = {};
  #away: StoreAway | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `receivers` says how they are just now. */
  constructor({ receivers, listeners }: { readonly receivers: () => Receivers; readonly listeners: StreamingListeners<SiteListener> }) {
    this.#receivers = receivers;
    this.#listeners = listeners;
  }

  /** Adds a listener, who at once hears how the receivers are if they have started; gives what removes it. */
  listen(listener: SiteListener): () => void {
    for (const name of RECEIVER_NAMES) {
      const status = this.#told[name];
      if (status) listener.onReceiverChanged?.(name, status);
    }
    return this.#listeners.add(listener);
  }

  start(startedAt: number): void {
    this.#listeners.tell((listener) => listener.onJobStarted?.(startedAt));
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** A batch is in the table, or has failed. */
  add(batch: JobBatch): void {
    this.history.add(batch);
    this.#listeners.tell((listener) => listener.onBatchCompleted?.(batch));
  }

  /** Since when the store is away; undefined while it is there. */
  get away(): StoreAway | undefined {
    return this.#away;
  }

  set away(away: StoreAway | undefined) {
    this.#away = away;
    this.#listeners.tell((listener) => listener.onStoreChanged?.(away));
  }

  /** The job has ended. */
  stop(error: string | undefined): void {
    clearInterval(this.#timer);
    this.#look();
    this.#listeners.tell((listener) => listener.onJobEnded?.(error));
  }

  #look(): void {
    const now = this.#receivers();
    for (const name of RECEIVER_NAMES) {
      const status = now[name];
      const before = this.#told[name];
      if (!status || (before?.state === status.state && before.lastError === status.lastError)) continue;
      this.#listeners.tell((listener) => listener.onReceiverChanged?.(name, status));
    }
    this.#told = now;
  }
}
