import type { Counts } from '../../domain/balance.ts';
import type { StoredRuns } from '../../domain/alarm/liveRuns.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { BatchHistory } from '../../ingest/reports/batchHistory.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { DailyReport } from '../../domain/notify/report.ts';
import { StreamingListeners } from '../../ingest/reports/streamingListener.ts';
import type { Journal } from '../../storage/journal/journal.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import type { Config } from '../config/types.ts';
import { DiskWatch } from '../disk/diskWatch.ts';
import { type InstanceLock, lockInstance } from '../../storage/files/instanceLock.ts';
import { AlarmFollower } from './alarmFollower.ts';
import type { AlertDetail } from './jobMessages.ts';
import { deferred } from './deferred.ts';
import { JobNews } from './jobNews.ts';
import { JobReports, type Receivers } from './jobReports.ts';
import { type JobMessage, JobWorker } from './jobWorker.ts';
import { refuseEmptiedTable } from '../store/emptiedTable.ts';
import { loadStore } from '../store/openTable.ts';
import { makeDataDir } from './makeDataDir.ts';
import { openJournal } from './openJournal.ts';
import type { Push } from './push.ts';
import { openPushReceivers } from './pushReceivers.ts';
import { recordSettings } from './recordSettings.ts';
import type { SiteNotifier } from './siteNotifier.ts';
import { SharedFlag } from './sharedFlag.ts';
import type { SiteListener } from './siteListener.ts';
import { startingReceivers } from './startingReceivers.ts';
import { forgetStatus, type JobStatus, SHOWN_BATCHES, StatusFile } from './statusFile.ts';
import { storeStatus } from './storeStatus.ts';
import { windowStatus } from './windowStatus.ts';

export interface SiteOptions {
  readonly config: Config;
  /** Takes what lies in inbox and journal, and ends; no push receiver. */
  readonly once: boolean;
  /** Which alerts its listeners are told. */
  readonly alerts: AlertDetail;
  /** Set while nobody reads the alerts: they are only counted then. */
  readonly unread?: SharedFlag;
  /** Whether they get samples of the batches. */
  readonly samples: boolean;
  /** Makes what serves the site to people and programs, which starts once everything else runs; never with `once`. */
  readonly server?: ((site: Site) => SiteServer) | undefined;
  /** What a person may want to know. */
  readonly onEvent: (event: LogEvent) => void;
}

/** What serves a running site to people and programs, such as the web page. */
export interface SiteServer {
  /** Where it is, once started. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A running site: the journal and the push receivers on this thread, the streaming job on its own, and what passes
 * between them: "durable up to here" one way, "in the table up to here" the other.
 *
 *   made ── start() ──► starting ── #startServer() ──► running ── stop() ──► stopping ── close() ──► stopped
 *                          │                              │                      │                      ▲
 *                          │ start() throws:              │ the job ends (once)  │ the job ends         │
 *                          │ #abandon()                   │ or fails:            ▼                      │
 *                          ▼                              └──────────────────► `ended` settles ── close()
 *                   all is closed again, the lock is free
 *
 * starting   the lock is taken, then the job's thread opens the table, then the journal is open, then whoever brings rows
 *            may come: a push receiver takes nothing that has nowhere to go.
 * stopping   the server and the push receivers take nothing more; the job brings what has come into the table.
 * `ended`    settles with the thread's `ended` or `failed`, with its death, or with the journal's failure.
 * halt()     comes from any state when the process is to end at once: the thread ends between two transactions.
 *
 * `state`, as status.json has it, says `running` from the beginning, `stopping` after stop(), `stopped` after close().
 */
export class Site {
  readonly #options: SiteOptions;
  readonly #startedAt = new Date().toISOString();
  #state: JobStatus['state'] = 'running';
  #failure: string | undefined;

  // The job's thread, and what it tells.
  readonly #clock = ReceiptClock.shared();
  readonly #job: JobWorker;
  readonly #news: JobNews;
  readonly #reports: JobReports;
  readonly #ended = deferred<Counts>();

  // What start() opens, in this order.
  #lock: InstanceLock | undefined;
  #journal: Journal | undefined;
  #pushes: readonly Push[] = [];
  #notifier: SiteNotifier | undefined;
  #disk: DiskWatch | undefined;
  /** Without a notifier: for whoever looks on. */
  #follower: AlarmFollower | undefined;
  #status: StatusFile | undefined;
  #server: SiteServer | undefined;

  constructor(options: SiteOptions) {
    this.#options = options;
    const listeners = new StreamingListeners<SiteListener>(options.onEvent);
    this.#news = new JobNews(listeners);
    this.#reports = new JobReports({ receivers: () => this.#receivers(), listeners });
    this.#job = new JobWorker({ onMessage: (message) => this.#hear(message), onDeath: this.#ended.reject });
    // Whoever waits for it hears of a failure; without a waiter yet it must not end the process.
    this.ended.catch(() => undefined);
  }

  /** Resolves with what was counted when the job has ended; rejects when it, the journal or the push receiver has failed. */
  get ended(): Promise<Counts> {
    return this.#ended.promise;
  }

  /** Resolves when the table is ready for steps: a store on the network may be away at the start. */
  get recovered(): Promise<void> {
    return this.#news.recovered;
  }

  /** Where publishers reach the broker, once started. */
  get brokerUrl(): string | undefined {
    return this.#pushes.find(({ name }) => name === 'mqtt')?.url;
  }

  /** Where the web page is, once started; undefined when there is none. */
  get httpUrl(): string | undefined {
    return this.#server?.url;
  }

  /** The last batches, and what all of them come to. */
  get history(): BatchHistory {
    return this.#reports.history;
  }

  /** Lets somebody hear what happens; gives what ends that. */
  listen(listener: SiteListener): () => void {
    return this.#reports.listen(listener);
  }

  /** Opens everything in order: lock, table, journal, and only then whoever brings rows. */
  async start(): Promise<void> {
    const { config, onEvent } = this.#options;
    makeDataDir(config.dataDir);
    await loadStore(config);
    this.#lock = await lockInstance(config.dataDir);
    try {
      refuseEmptiedTable(config); // the status tells of rows: it has to be asked before it goes
      forgetStatus(config.dataDir);
      await recordSettings(config, onEvent);
      const from = await this.#startJob();
      const journal = openJournal({ config, from, clock: this.#clock, onLog: onEvent, onFailure: this.#ended.reject });
      journal.onDurable(() => this.#job.send({ kind: 'durable', position: journal.mark.end }));
      this.#journal = journal;
      this.#job.send({ kind: 'start', durable: journal.mark.end });
      this.#disk = new DiskWatch({ config, onLog: onEvent });
      this.#disk.start();
      if (!this.#options.once) this.#pushes = await openPushReceivers({ config, journal, onLog: onEvent });
      if (!this.#options.once) await this.#followAlarms();
      this.#status = new StatusFile({ dataDir: config.dataDir, read: () => this.describe(), onLog: onEvent });
      this.#status.start();
      this.#reports.start(Date.parse(this.#startedAt));
      if (!this.#options.once) await this.#startServer();
    } catch (error) {
      await this.#abandon();
      throw error;
    }
  }

  /** Stops receiving, lets the table take what has come, and closes. The rest is safe in journal and files. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    try {
      await this.#stopTaking();
    } finally {
      this.#job.send({ kind: 'stop' });
    }
  }

  /** Ends without waiting for rows that have come: they are safe in journal and files. */
  async halt(): Promise<void> {
    await this.#endThread();
    this.#unlock();
  }

  /** Closes what is left once `ended` has settled. */
  async close(): Promise<void> {
    this.#state = 'stopped';
    try {
      await this.#stopTaking();
      await this.#journal?.close();
    } catch (error) {
      // Why the journal failed has been said through `ended`.
      this.#options.onEvent({ level: 'debug', message: messageOf(error) });
    }
    await this.#endThread();
    await Promise.all([this.#notifier?.stop(), this.#follower?.stop()]);
    this.#disk?.stop();
    if (this.#options.once) await this.#disk?.measure(); // nobody looks each hour, where cron takes what lies there
    this.#failure = await this.ended.then(() => undefined, messageOf);
    await this.#status?.stop();
    this.#reports.stop(this.#failure);
    this.#unlock();
  }

  /** Tells people of alarms, or at least whoever looks on. */
  async #followAlarms(): Promise<void> {
    const { config, alerts, onEvent: onLog } = this.#options;
    const listen = (listener: SiteListener) => this.listen(listener);
    const parts = { config, onLog, status: () => this.#describeJob(), onStored: (stored: StoredRuns) => this.#news.setStored(stored) };
    if (Object.keys(config.notify.channels).length > 0 || config.notify.heartbeat) {
      const { SiteNotifier } = await import('./siteNotifier.ts'); // only who has somebody told needs to load it
      this.#notifier = await SiteNotifier.start({ ...parts, recovered: this.recovered, listen });
      return;
    }
    if (!alerts.runs) return;
    const follower = new AlarmFollower(parts);
    this.#follower = follower;
    listen(follower.listener);
    void this.recovered.then(() => follower.start());
  }

  /** Starts the job's thread; resolves with the journal position that its table has reached. */
  #startJob(): Promise<JournalPosition> {
    const { config, once, alerts, samples, unread = new SharedFlag() } = this.#options;
    return new Promise((resolve, reject) => {
      this.ended.catch(reject);
      const told = { ...alerts, runs: alerts.runs || (!once && Object.keys(config.notify.channels).length > 0) };
      void this.#job.start({ config, once, alerts: told, unread: unread.buffer, samples, clock: this.#clock }).then(resolve);
    });
  }

  /** People and programs may look on once everything else runs. */
  async #startServer(): Promise<void> {
    const server = this.#options.server?.(this);
    if (!server) return;
    await server.start();
    this.#server = server;
    this.#status?.write();
  }

  #hear(message: JobMessage): void {
    const { onEvent } = this.#options;
    switch (message.kind) {
      case 'event': return onEvent(message.event);
      case 'taken': return this.#journal?.trim(message.position);
      case 'batch': return this.#reports.add(message.batch);
      case 'store':
        this.#reports.away = message.away;
        return;
      case 'ended': return this.#ended.resolve(message.counts);
      case 'failed':
        if (message.stack) onEvent({ level: 'debug', message: message.stack });
        return this.#ended.reject(new AppError(message.code, message.message));
      default: return this.#news.hear(message);
    }
  }

  /** What is known of it just now. */
  describe(): Omit<JobStatus, 'at'> {
    return { ...this.#describeJob(), notify: this.#notifier?.status() ?? null };
  }

  /** Sends the report of a day to the channels that `summary.report` names. */
  sendReport(report: DailyReport): void {
    const { summary } = this.#options.config;
    if (summary) this.#notifier?.report(report, summary.report);
  }

  #describeJob(): Omit<JobStatus, 'at' | 'notify'> {
    const { config } = this.#options;
    const { window } = this.#news;
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      timezone: config.site.timezone,
      state: this.#state,
      failure: this.#failure,
      recovered: this.#news.isRecovered,
      store: storeStatus(config.store, this.#reports.away),
      http: this.#server ? { url: this.#server.url } : null,
      receivers: this.#receivers(),
      leftOut: this.#news.leftOut,
      forward: this.#news.forward,
      window: window ? windowStatus(window) : null,
      unstored: this.#news.unstored,
      journal: { bytes: this.#journal?.diskBytes ?? 0, full: this.#journal?.full ?? false },
      disk: this.#disk?.use() ?? null,
      totals: this.history.totals,
      averages: this.history.averages,
      batches: this.history.last(SHOWN_BATCHES),
    };
  }

  #receivers(): Receivers {
    const pushed = Object.fromEntries(this.#pushes.map((push) => [push.name, push.status()]));
    return { ...startingReceivers(this.#options.config), ...this.#news.receivers, ...pushed };
  }

  /** Nobody is answered any more, and nothing more is taken. */
  async #stopTaking(): Promise<void> {
    await Promise.all([this.#server?.stop(), ...this.#pushes.map((push) => push.stop())]);
  }

  async #abandon(): Promise<void> {
    await this.#stopTaking();
    await this.#endThread();
    await Promise.all([this.#notifier?.stop(), this.#follower?.stop()]);
    this.#disk?.stop();
    this.#unlock();
  }

  #endThread(): Promise<void> {
    return this.#job.end(() => this.#unlock());
  }

  #unlock(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }
}
