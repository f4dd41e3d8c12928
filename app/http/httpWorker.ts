import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { StoredToken } from '../access/tokens.ts';
import type { FromHttp, HttpThreadData, JobSnapshot, ToHttp, ToHttpThread } from './messages.ts';
import type { ServedConfig } from './server.ts';

export interface HttpWorkerOptions {
  readonly config: ServedConfig;
  /** What there is to know of the job just now. */
  readonly snapshot: () => JobSnapshot;
  /** The tokens that the thread before this one let in. */
  readonly tokens: readonly StoredToken[] | undefined;
  readonly onTokens: (tokens: readonly StoredToken[]) => void;
  readonly onLog: (event: LogEvent) => void;
  /** The thread is gone though nobody has stopped it. */
  readonly onDeath: (error: AppError) => void;
}

const STOP_MS = 1000;
/** Answers are short-lived: V8 would let garbage of the thread grow to 48 MB before it looks. */
const YOUNG_MB = 16;
/** What waits for a thread is in memory: one that is so many messages behind misses some … */
const MOST_WAITING = 1000;
/** … until it has caught up to here. */
const FEW_WAITING = 100;

/** One life of the HTTP side's thread, as the main thread has it. */
export class HttpWorker {
  readonly #options: HttpWorkerOptions;
  readonly #handled = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #told = 0;
  #missing = false;

  constructor(options: HttpWorkerOptions) {
    this.#options = options;
  }

  /**
   * Starts the thread; resolves with the port when it listens. Throws HTTP_UNAVAILABLE when the port can't be had, CONFIG when
   * the tokens can't be used.
   */
  start(): Promise<number> {
    const { config, snapshot, tokens, onTokens, onLog, onDeath } = this.#options;
    const workerData: HttpThreadData = { config, handled: this.#handled.buffer, snapshot: snapshot(), tokens };
    const worker = new Worker(new URL('./httpThread.js', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker = worker;
    this.#exited = once(worker, 'exit').catch(() => undefined); // of its error hears who listens for that
    return new Promise((resolve, reject) => {
      let listens = false;
      let error: AppError | undefined;
      worker.on('message', (message: FromHttp) => {
        if (message.kind === 'event') return onLog(message.event);
        if (message.kind === 'tokens') return onTokens(message.tokens);
        if (message.kind === 'failed') return void (error = new AppError(message.code, message.message));
        listens = true;
        resolve(message.port);
      });
      worker.on('error', (cause) => {
        if (cause instanceof Error && cause.stack !== undefined) onLog({ level: 'debug', message: cause.stack });
        error = new AppError('WORKER_DIED', `the HTTP side's thread died: ${messageOf(cause)}`, { cause });
      });
      worker.on('exit', (code) => {
        this.#worker = undefined;
        const why = error ?? new AppError('WORKER_DIED', `the HTTP side's thread ended with code ${code}`);
        if (!listens) reject(why);
        else if (!this.#stopping) onDeath(why);
      });
    });
  }

  /** Tells the thread; one that is far behind is told how things are when it has caught up, instead of all that happened. */
  tell(message: ToHttp): void {
    const waiting = (this.#told - Atomics.load(this.#handled, 0)) | 0;
    if (waiting >= MOST_WAITING) this.#missing = true;
    if (this.#missing && waiting > FEW_WAITING) return;
    this.#post(this.#missing ? { kind: 'again', snapshot: this.#options.snapshot() } : message);
    this.#missing = false;
  }

  /** Ends it; takes no longer than a second, even if the thread does. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#post({ kind: 'stop' });
    await Promise.race([this.#exited, sleep(STOP_MS, undefined, { ref: false })]);
    this.#worker?.unref(); // it only reads: it may end with the process
  }

  #post(message: ToHttpThread): void {
    this.#worker?.postMessage(message);
    this.#told++;
  }
}
