import type { AlertRun } from '../../domain/alarm/alertRun.ts';
import type { Enriched } from '../../domain/alarm/enriched.ts';
import { LiveRuns, type StoredRuns } from '../../domain/alarm/liveRuns.ts';
import { NOTHING_UNSTORED, type Unstored } from '../../domain/alarm/unstored.ts';
import type { ForwardStatus } from '../../ingest/forward/forwarder.ts';
import type { WindowReport } from '../../ingest/pumpState/windowReport.ts';
import type { StreamingListeners } from '../../ingest/reports/streamingListener.ts';
import type { LeftOut } from '../../ingest/decode/mapping/tally.ts';
import { deferred } from './deferred.ts';
import type { Receivers } from './jobReports.ts';
import type { JobMessage } from './jobWorker.ts';
import type { SiteListener } from './siteListener.ts';

/** What the job's thread tells of the rows; the rest of its messages is about the thread itself. */
export type NewsMessage = Extract<
  JobMessage,
  { kind: 'alerts' | 'unread' | 'runs' | 'withdrawn' | 'unstored' | 'sample' | 'window' | 'receiver' | 'leftOut' | 'forward' | 'recovered' }
>;

/** What the job's thread has told so far. Listeners hear it at once; what somebody may ask for later is kept. */
export class JobNews {
  readonly #listeners: StreamingListeners<SiteListener>;
  readonly #recovered = deferred<void>();
  readonly #live = new LiveRuns(() => performance.now());
  #isRecovered = false;
  #window: WindowReport | undefined;
  #receivers: Receivers = {};
  #leftOut: readonly LeftOut[] = [];
  #forward: ForwardStatus | null = null;
  #unstored = NOTHING_UNSTORED;

  constructor(listeners: StreamingListeners<SiteListener>) {
    this.#listeners = listeners;
  }

  /** Resolves when the table is ready for steps. */
  get recovered(): Promise<void> {
    return this.#recovered.promise;
  }

  get isRecovered(): boolean {
    return this.#isRecovered;
  }

  /** The last window; undefined before the first. */
  get window(): WindowReport | undefined {
    return this.#window;
  }

  /** What was told and is not stored yet. */
  get unstored(): Unstored {
    return this.#unstored;
  }

  /** The pull receivers that have said how they are. */
  get receivers(): Receivers {
    return this.#receivers;
  }

  /** What the configuration's formats left out since the start. */
  get leftOut(): readonly LeftOut[] {
    return this.#leftOut;
  }

  /** How forwarding is; null where rows go nowhere. */
  get forward(): ForwardStatus | null {
    return this.#forward;
  }

  /** What is stored of pumps and rules that had alerts: where something else was told of them, it is told anew. */
  setStored(stored: StoredRuns): void {
    this.#tellRuns(this.#live.setStored(stored));
  }

  hear(message: NewsMessage): void {
    const tell = (call: (listener: SiteListener) => void) => this.#listeners.tell(call);
    switch (message.kind) {
      case 'alerts': return tell((listener) => listener.onAlerts?.(message.alerts));
      case 'unread': return tell((listener) => listener.onUnread?.(message.alerts));
      case 'runs':
        this.#tellRuns(this.#live.add(message.runs));
        return tell((listener) => listener.onNewRuns?.(message.runs));
      case 'withdrawn':
        this.#live.withdraw(message.alerts);
        return tell((listener) => listener.onWithdrawn?.(message.alerts));
      case 'sample': return tell((listener) => listener.onSample?.(message.time, message.sample));
      case 'unstored':
        this.#unstored = message.unstored;
        return;
      case 'window':
        this.#window = message.window;
        return tell((listener) => listener.onWindow?.(message.window));
      case 'receiver':
        this.#receivers = { ...this.#receivers, [message.name]: message.status };
        return;
      case 'leftOut':
        this.#leftOut = message.leftOut;
        return;
      case 'forward':
        this.#forward = message.status;
        return;
      case 'recovered':
        this.#isRecovered = true;
        return this.#recovered.resolve();
    }
  }

  #tellRuns(runs: readonly Enriched<AlertRun>[]): void {
    if (runs.length > 0) this.#listeners.tell((listener) => listener.onRuns?.(runs));
  }
}
