import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../domain/backoff.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { KEPT_BATCHES } from '../../ingest/reports/batchHistory.ts';
import type { JobBatch } from '../../ingest/reports/batchLog.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { SiteListener } from '../run/siteListener.ts';
import type { JobStatus } from '../run/statusFile.ts';
import { windowStatus } from '../run/windowStatus.ts';
import type { StoredToken } from '../access/tokens.ts';
import { LoopWatch } from './loopWatch.ts';
import { HttpWorker } from './httpWorker.ts';
import type { JobSnapshot, ToHttp } from './messages.ts';
import type { ServedConfig } from './server.ts';

/** The running job, as far as the HTTP side looks at it. */
export interface WatchedJob {
  describe(): Omit<JobStatus, 'at'>;
  readonly history: { last(count: number): readonly JobBatch[] };
  /** Resolves when it takes rows. */
  readonly recovered: Promise<void>;
  /** Gives what ends that. */
  listen(listener: SiteListener): () => void;
}

export interface HttpSideOptions {
  readonly config: ServedConfig;
  /** Whether any free port will do when the configured one is taken. */
  readonly anyPort: boolean;
  readonly job: WatchedJob;
  readonly onLog: (event: LogEvent) => void;
}

const STATUS_MS = 1000;
const BACKOFF = { minMs: 500, maxMs: 30_000 };
/** A thread that has lived for so long did not die of how it began. */
const STABLE_MS = 60_000;

/**
 * The web page and the API. They have a thread of their own, which is told what happens. When it dies it is started again,
 * and the job goes on meanwhile.
 */
export class HttpSide {
  readonly #options: HttpSideOptions;
  readonly #loop = new LoopWatch();
  readonly #backoff = new Backoff(BACKOFF);
  readonly #stopping = new AbortController();
  #worker: HttpWorker | undefined;
  #port: number | undefined;
  #tokens: readonly StoredToken[] | undefined;
  #stopped: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;

  constructor(options: HttpSideOptions) {
    this.#options = options;
  }

  /** Where the page is, once started. */
  get url(): string {
    const { host } = this.#options.config.http;
    const everywhere = host === '0.0.0.0' || host === '::';
    return `http://${everywhere ? 'localhost' : isIPv6(host) ? `[${host}]` : host}:${this.#port}/`;
  }

  /** Resolves when it listens. Throws HTTP_UNAVAILABLE when the port can't be had, CONFIG when the tokens can't be used. */
  async start(): Promise<void> {
    this.#unlisten = this.#options.job.listen(this.#listener()); // what happens until the thread listens waits for it
    try {
      await this.#beginAnywhere();
    } catch (error) {
      this.#unlisten();
      throw error;
    }
    this.#loop.start();
    this.#timer = setInterval(() => this.#tellStatus(), STATUS_MS);
    this.#timer.unref();
    void this.#options.job.recovered.then(() => this.#tellStatus());
  }

  /** Ends all connections; takes no longer than a second. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#timer);
    this.#loop.stop();
    this.#unlisten?.();
    await this.#worker?.stop();
  }

  async #beginAnywhere(): Promise<void> {
    const { config, anyPort } = this.#options;
    try {
      await this.#begin(config.http.port);
    } catch (error) {
      if (!anyPort || !(error instanceof AppError) || error.code !== 'HTTP_UNAVAILABLE') throw error;
      await this.#begin(0);
    }
  }

  async #begin(port: number): Promise<void> {
    const { config, onLog } = this.#options;
    const begunAt = performance.now();
    const worker = new HttpWorker({
      config: { ...config, http: { ...config.http, port } },
      snapshot: () => this.#snapshot(),
      tokens: this.#tokens,
      onTokens: (tokens) => { this.#tokens = tokens; },
      onLog,
      onDeath: (error) => {
        onLog({ level: 'error', message: `the web page and the API are started again, while the job goes on: ${error.message}` });
        if (performance.now() - begunAt > STABLE_MS) this.#backoff.reset();
        void this.#beginAgain();
      },
    });
    this.#worker = worker;
    this.#port = await worker.start();
  }

  async #beginAgain(): Promise<void> {
    const { signal } = this.#stopping;
    this.#worker = undefined;
    while (!signal.aborted) {
      // A stop ends the wait; the loop sees it.
      await sleep(this.#backoff.next(), undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        return await this.#begin(this.#port!); // a page that is open finds it where it was
      } catch (error) {
        this.#options.onLog({
          level: 'error',
          message:
            'the web page and the API could not be started again and are tried once more, while the job goes on: ' +
            `${messageOf(error)}`,
        });
      }
    }
  }

  #tellStatus(): void {
    this.#tell({ kind: 'status', status: this.#status(), loopDelay: this.#loop.delay() });
  }

  #tell(message: ToHttp): void {
    this.#worker?.tell(message);
  }

  #listener(): SiteListener {
    return {
      onRuns: (runs) => this.#tell({ kind: 'runs', runs }),
      onWithdrawn: (alerts) => this.#tell({ kind: 'withdrawn', alerts }),
      onBatchCompleted: (batch) => this.#tell({ kind: 'batch', batch }),
      onWindow: (window) => this.#tell({ kind: 'window', window: windowStatus(window) }),
      onReceiverChanged: (name, status) => this.#tell({ kind: 'receiver', name, status }),
      onStoreChanged: (away) => {
        this.#tellStatus();
        this.#tell({ kind: 'store', away });
      },
    };
  }

  #status(): JobStatus {
    return { ...this.#options.job.describe(), at: new Date().toISOString() };
  }

  #snapshot(): JobSnapshot {
    return { status: this.#status(), batches: this.#options.job.history.last(KEPT_BATCHES) };
  }
}
