import { mkdirSync } from 'node:fs';
import type { Counts } from '../../domain/balance.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { BatchHistory } from '../../ingest/reports/batchHistory.ts';
import type { WindowReport } from '../../ingest/pumpState/windowReport.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { StreamingListeners } from '../../ingest/reports/streamingListener.ts';
import type { Journal } from '../../storage/journal/journal.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import type { Config } from '../config/types.ts';
import { type InstanceLock, lockInstance } from '../../storage/files/instanceLock.ts';
import type { AlertDetail } from './jobMessages.ts';
import { JobReports, type Receivers } from './jobReports.ts';
import { type JobMessage, JobWorker } from './jobWorker.ts';
import { openJournal } from './openJournal.ts';
import { openPushReceivers, type Push } from './pushReceivers.ts';
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
  /** Whether they get samples of the batches. */
  readonly samples: boolean;
  /** Makes what serves the site to people and programs, which starts once everything else runs; never with `once`. */
  readonly server?: ((site: Site) => SiteServer) | undefined;
  /** What a person may want to know. */
  readonly onLog: (event: LogEvent) => void;
}

/** What serves a running site to people and programs, such as the web page. */
export interface SiteServer {
  /** Where it is, once started. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A running site: the journal and the push receiver on this thread, the streaming job on its own,
 * and what passes between them: "durable up to here" one way, "in the table up to here" the other.
 */
export class Site {
  readonly #options: SiteOptions;
  readonly #clock = ReceiptClock.shared();
  /** Resolves with what was counted when the job has ended; rejects when it, the journal or the push receiver has failed. */
  readonly ended: Promise<Counts>;
  /** Resolves when the table is ready for steps: a store on the network may be away at the start. */
  readonly recovered: Promise<void>;
  #recovered!: { resolve: () => void };
  #settle!: { resolve: (counts: Counts) => void; reject: (error: AppError) => void };
  #lock: InstanceLock | undefined;
  #journal: Journal | undefined;
  #pushes: readonly Push[] = [];
  #server: SiteServer | undefined;
  #status: StatusFile | undefined;
  #state: 'running' | 'stopping' | 'stopped' = 'running';
  #isRecovered = false;
  readonly #startedAt = new Date().toISOString();
  /** The pull receivers, as the job's thread tells. */
  #pulled: Receivers = {};
  readonly #listeners: StreamingListeners<SiteListener>;
  readonly #reports: JobReports;
  readonly #job: JobWorker;
  #window: WindowReport | undefined;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.#listeners = new StreamingListeners(options.onLog);
    this.#reports = new JobReports({ receivers: () => this.#receivers(), listeners: this.#listeners });
    this.#job = new JobWorker({ onMessage: (message) => this.#hear(message), onDeath: (error) => this.#settle.reject(error) });
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.recovered = new Promise((resolve) => {
      this.#recovered = { resolve };
    });
    // Whoever waits for it hears of a failure; without a waiter yet it must not end the process.
    this.ended.catch(() => undefined);
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
    const { config, onLog } = this.#options;
    this.#makeDataDir(config.dataDir);
    this.#lock = await lockInstance(config.dataDir);
    try {
      forgetStatus(config.dataDir);
      const from = await this.#startJob();
      const journal = openJournal({ config, from, clock: this.#clock, onLog, onFailure: (error) => this.#settle.reject(error) });
      journal.onDurable(() => this.#job.send({ kind: 'durable', position: journal.mark.end }));
      this.#journal = journal;
      this.#job.send({ kind: 'start', durable: journal.mark.end });
      if (!this.#options.once) this.#pushes = await openPushReceivers({ config, journal, onLog });
      this.#status = new StatusFile({ dataDir: config.dataDir, read: () => this.describe(), onLog });
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
      await Promise.all([this.#server?.stop(), ...this.#pushes.map((push) => push.stop())]);
    } finally {
      this.#job.send({ kind: 'stop' });
    }
  }

  /** Ends without waiting for rows that have come: they are safe in journal and files. */
  async halt(): Promise<void> {
    await this.#endThread();
    this.#lock?.release();
  }

  /** Closes what is left once `ended` has settled. */
  async close(): Promise<void> {
    this.#state = 'stopped';
    try {
      await Promise.all([this.#server?.stop(), ...this.#pushes.map((push) => push.stop())]);
      await this.#journal?.close();
    } catch (error) {
      // Why the journal failed has been said through `ended`.
      this.#options.onLog({ level: 'debug', message: messageOf(error) });
    }
    await this.#endThread();
    this.#status?.stop();
    this.#reports.stop(await this.ended.then(() => undefined, messageOf));
    this.#lock?.release();
    this.#lock = undefined;
  }

  #makeDataDir(dir: string): void {
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      throw new AppError('CONFIG', `dataDir: ${dir} can't be made: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Starts the job's thread; resolves with the journal position that its table has reached. */
  #startJob(): Promise<JournalPosition> {
    const { config, once, alerts, samples } = this.#options;
    return new Promise((resolve, reject) => {
      this.ended.catch(reject);
      void this.#job.start({ config, once, alerts, samples, clock: this.#clock }).then(resolve);
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
    const { onLog } = this.#options;
    const tell = (call: (listener: SiteListener) => void) => this.#listeners.tell(call);
    switch (message.kind) {
      case 'alerts': return tell((listener) => listener.onAlerts?.(message.alerts));
      case 'runs': return tell((listener) => listener.onRuns?.(message.runs));
      case 'withdrawn': return tell((listener) => listener.onWithdrawn?.(message.alerts));
      case 'sample': return tell((listener) => listener.onSample?.(message.time, message.sample));
      case 'window':
        this.#window = message.window;
        return tell((listener) => listener.onWindow?.(message.window));
      case 'batch': return this.#reports.add(message.batch);
      case 'event': return onLog(message.event);
      case 'taken': return this.#journal?.trim(message.position);
      case 'recovered':
        this.#isRecovered = true;
        return this.#recovered.resolve();
      case 'receiver':
        this.#pulled = { ...this.#pulled, [message.name]: message.status };
        return;
      case 'store':
        this.#reports.away = message.away;
        return;
      case 'ended': return this.#settle.resolve(message.counts);
      case 'failed':
        if (message.stack) onLog({ level: 'debug', message: message.stack });
        return this.#settle.reject(new AppError(message.code, message.message));
    }
  }

  /** What is known of it just now. */
  describe(): Omit<JobStatus, 'at'> {
    const { config } = this.#options;
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      state: this.#state,
      recovered: this.#isRecovered,
      store: storeStatus(config.store, this.#reports.away),
      http: this.#server ? { url: this.#server.url } : null,
      receivers: this.#receivers(),
      window: this.#window ? windowStatus(this.#window) : null,
      journal: { bytes: this.#journal?.diskBytes ?? 0, full: this.#journal?.full ?? false },
      totals: this.history.totals,
      averages: this.history.averages,
      batches: this.history.last(SHOWN_BATCHES),
    };
  }

  #receivers(): Receivers {
    const pushed = Object.fromEntries(this.#pushes.map((push) => [push.name, push.status()]));
    return { ...startingReceivers(this.#options.config), ...this.#pulled, ...pushed };
  }

  async #abandon(): Promise<void> {
    await Promise.all([this.#server?.stop(), ...this.#pushes.map((push) => push.stop())]);
    await this.#endThread();
    this.#lock?.release();
    this.#lock = undefined;
  }

  #endThread(): Promise<void> {
    return this.#job.end(() => this.#lock?.release());
  }
}
