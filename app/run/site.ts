import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Alert } from '../../domain/alert.ts';
import type { Counts } from '../../domain/balance.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { ReceiptClock } from '../../domain/receiptClock.ts';
import type { EnrichedAlert } from '../../domain/reference.ts';
import type { AlertRun } from '../../ingest/alertRuns.ts';
import type { BatchHistory } from '../../ingest/batchHistory.ts';
import type { BatchReport } from '../../ingest/batchLog.ts';
import type { BatchSample } from '../../ingest/batchSample.ts';
import type { WindowReport } from '../../ingest/pumpState/windowReport.ts';
import type { DirectoryStatus } from '../../ingest/directory/receiver.ts';
import type { JobEvent } from '../../ingest/source.ts';
import type { StreamingListener } from '../../ingest/streamingListener.ts';
import { Journal } from '../../storage/journal/journal.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import type { Config } from '../config.ts';
import { type InstanceLock, lockInstance } from './instanceLock.ts';
import type { FromJob, JobThreadData, ToJob } from './jobMessages.ts';
import { JobReports } from './jobReports.ts';
import { openPush, type Push } from './push.ts';
import { SHOWN_BATCHES, StatusFile } from './statusFile.ts';
import { storeStatus } from './storeStatus.ts';
import { windowStatus } from './windowStatus.ts';

/** Who looks on while a site runs. */
export interface SiteListener {
  readonly detail: 'every' | 'runs' | 'none';
  onAlerts(alerts: readonly EnrichedAlert[]): void;
  onRuns(runs: readonly AlertRun[]): void;
  onWithdrawn(alerts: readonly Alert[]): void;
  onBatch(batch: BatchReport): void;
  /** After each batch that had readings, for who wants samples; `time` is when its interval ended. */
  onSample?: ((time: number, sample: BatchSample) => void) | undefined;
  onWindow(window: WindowReport): void;
  onEvent(event: JobEvent): void;
}

export interface SiteOptions {
  readonly config: Config;
  /** Takes what lies in inbox and journal, and ends; no push receiver. */
  readonly once: boolean;
  readonly listener: SiteListener;
}

/** A step of late rows, or of bad ones, may take a second or two. */
const HALT_MS = 6000;

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
  #worker: Worker | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #journal: Journal | undefined;
  #push: Push | undefined;
  #status: StatusFile | undefined;
  #state: 'running' | 'stopping' | 'stopped' = 'running';
  readonly #startedAt = new Date().toISOString();
  #directory: DirectoryStatus | undefined;
  readonly #reports: JobReports;
  #window: WindowReport | undefined;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.#reports = new JobReports({ receivers: () => this.#receivers(), onEvent: (event) => options.listener.onEvent(event) });
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
    return this.#push?.status().url;
  }

  /** The last batches, and what all of them come to. */
  get history(): BatchHistory {
    return this.#reports.history;
  }

  /** Lets a program hear of batches, receivers and the store; gives what ends that. */
  listen(listener: StreamingListener): () => void {
    return this.#reports.listen(listener);
  }

  /** Opens everything in order: lock, table, journal, and only then whoever brings rows. */
  async start(): Promise<void> {
    const { config, listener } = this.#options;
    this.#makeDataDir(config.dataDir);
    this.#lock = await lockInstance(config.dataDir);
    try {
      const from = await this.#startJob();
      const journal = this.#openJournal(from);
      this.#journal = journal;
      this.#send({ kind: 'start', durable: journal.mark.end });
      if (!this.#options.once && config.receivers.mqtt) {
        this.#push = await openPush({ mqtt: config.receivers.mqtt, dataDir: config.dataDir, log: journal, onEvent: (event) => listener.onEvent(event) });
      }
      this.#status = new StatusFile({ dataDir: config.dataDir, read: () => this.#describe(), onEvent: (event) => listener.onEvent(event) });
      this.#status.start();
      this.#reports.start(Date.parse(this.#startedAt));
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
      await this.#push?.stop();
    } finally {
      this.#send({ kind: 'stop' });
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
      await this.#push?.stop();
      await this.#journal?.close();
    } catch (error) {
      // Why the journal failed has been said through `ended`.
      this.#options.listener.onEvent({ level: 'debug', message: messageOf(error) });
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
    const { config, listener } = this.#options;
    const workerData: JobThreadData = { config, once: this.#options.once, detail: listener.detail, samples: listener.onSample !== undefined, clock: this.#clock };
    const worker = new Worker(new URL('./jobThread.js', import.meta.url), { workerData });
    this.#worker = worker;
    this.#exited = once(worker, 'exit');
    return new Promise((resolve, reject) => {
      this.ended.catch(reject);
      worker.on('message', (message: FromJob) => {
        if (message.kind === 'ready') resolve(message.journal);
        else this.#hear(message);
      });
      worker.on('error', (error) => this.#settle.reject(new AppError('WORKER_DIED', `the streaming job's thread died: ${messageOf(error)}`, { cause: error })));
      worker.on('exit', (code) => this.#settle.reject(new AppError('WORKER_DIED', `the streaming job's thread ended with code ${code}`)));
    });
  }

  #hear(message: Exclude<FromJob, { kind: 'ready' }>): void {
    const { listener } = this.#options;
    switch (message.kind) {
      case 'alerts': return listener.onAlerts(message.alerts);
      case 'runs': return listener.onRuns(message.runs);
      case 'withdrawn': return listener.onWithdrawn(message.alerts);
      case 'event': return listener.onEvent(message.event);
      case 'sample': return listener.onSample?.(message.time, message.sample);
      case 'window':
        this.#window = message.window;
        return listener.onWindow(message.window);
      case 'taken': return this.#journal?.trim(message.position);
      case 'recovered': return this.#recovered.resolve();
      case 'directory':
        this.#directory = message.status;
        return;
      case 'store':
        this.#reports.away = message.away;
        return;
      case 'ended': return this.#settle.resolve(message.counts);
      case 'failed':
        if (message.stack) listener.onEvent({ level: 'debug', message: message.stack });
        return this.#settle.reject(new AppError(message.code, message.message));
      case 'batch':
        this.#reports.add(message.batch);
        return listener.onBatch(message.batch);
    }
  }

  #openJournal(from: JournalPosition): Journal {
    const { config, listener } = this.#options;
    const journal = Journal.open({
      dir: join(config.dataDir, 'journal'),
      from,
      clock: new ReceiptClock(this.#clock, Date.now),
      limit: config.limits.journal,
      onFull: (full) => listener.onEvent(full
        ? { level: 'error', message: `the journal has reached limits.journal (${config.limits.journal} bytes): nothing more is acknowledged until the table has taken some of it` }
        : { level: 'info', message: 'the journal has room again: messages are acknowledged' }),
      onWarning: (message) => listener.onEvent({ level: 'warn', message }),
      onFailure: (error) => this.#settle.reject(error),
    });
    journal.onDurable(() => this.#send({ kind: 'durable', position: journal.mark.end }));
    return journal;
  }

  #send(message: ToJob): void {
    this.#worker?.postMessage(message);
  }

  #describe() {
    const { config } = this.#options;
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      state: this.#state,
      store: storeStatus(config.store, this.#reports.away),
      receivers: this.#receivers(),
      window: this.#window ? windowStatus(this.#window) : null,
      journal: { bytes: this.#journal?.diskBytes ?? 0, full: this.#journal?.full ?? false },
      totals: this.history.totals,
      averages: this.history.averages,
      batches: this.history.last(SHOWN_BATCHES),
    };
  }

  #receivers() {
    const { directory } = this.#options.config.receivers;
    const starting = directory ? { state: 'starting' as const, path: directory.path, file: null, lastMessageAt: null, lastError: null } : undefined;
    const inbox = this.#directory ?? starting;
    const mqtt = this.#push?.status();
    return { ...(inbox ? { directory: inbox } : {}), ...(mqtt ? { mqtt } : {}) };
  }

  async #abandon(): Promise<void> {
    await this.#push?.stop();
    await this.#endThread();
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** A thread that is cut off within a transaction leaves lmdb waiting for it for ever: it ends itself, between two. */
  async #endThread(): Promise<void> {
    this.#send({ kind: 'halt' });
    if ((await Promise.race([this.#exited, sleep(HALT_MS, 'hangs', { ref: false })])) !== 'hangs') return;
    // Nothing that was acknowledged is lost; anything gentler would wait for the thread.
    this.#lock?.release();
    process.kill(process.pid, 'SIGKILL');
  }
}
