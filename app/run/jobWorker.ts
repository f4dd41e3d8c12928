import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { AppError, messageOf } from '../../domain/errors.ts';
import type { JournalPosition } from '../../storage/journal/segments.ts';
import type { FromJob, JobThreadData, ToJob } from './jobMessages.ts';

/** What the job says once its table is open. */
export type JobMessage = Exclude<FromJob, { kind: 'ready' }>;

export interface JobWorkerOptions {
  readonly onMessage: (message: JobMessage) => void;
  /** The thread is gone, and has not said why. */
  readonly onDeath: (error: AppError) => void;
}

/** Garbage of a storm of alerts would grow to 48 MB before V8 looks. */
const YOUNG_MB = 16;
/** A step of late rows, or of bad ones, may take a second or two. */
const HALT_MS = 6000;

/** The job's thread, as the main thread has it. */
export class JobWorker {
  readonly #options: JobWorkerOptions;
  #worker: Worker | undefined;
  #exited: Promise<unknown> = Promise.resolve();

  constructor(options: JobWorkerOptions) {
    this.#options = options;
  }

  /** Starts the thread; resolves with the journal position that its table has reached. */
  start(workerData: JobThreadData): Promise<JournalPosition> {
    const { onMessage, onDeath } = this.#options;
    const worker = new Worker(new URL('./jobThread.js', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker = worker;
    this.#exited = once(worker, 'exit');
    return new Promise((resolve) => {
      worker.on('message', (message: FromJob) => {
        if (message.kind === 'ready') resolve(message.journal);
        else onMessage(message);
      });
      worker.on('error', (error) =>
        onDeath(new AppError('WORKER_DIED', `the streaming job's thread died: ${messageOf(error)}`, { cause: error })),
      );
      worker.on('exit', (code) => onDeath(new AppError('WORKER_DIED', `the streaming job's thread ended with code ${code}`)));
    });
  }

  send(message: ToJob): void {
    this.#worker?.postMessage(message);
  }

  /**
   * Resolves when the thread has ended. One that is cut off within a transaction leaves lmdb waiting for it for ever: it
   * ends itself, between two. Where it hangs the process ends at once, after `beforeKill`.
   */
  async end(beforeKill: () => void): Promise<void> {
    this.send({ kind: 'halt' });
    if ((await Promise.race([this.#exited, sleep(HALT_MS, 'hangs', { ref: false })])) !== 'hangs') return;
    // Nothing that was acknowledged is lost; anything gentler would wait for the thread.
    beforeKill();
    process.kill(process.pid, 'SIGKILL');
  }
}
