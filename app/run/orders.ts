import type { MessagePort } from 'node:worker_threads';
import { JOURNAL_START, type JournalPosition } from '../../storage/journal/segments.ts';
import type { ToJob } from './jobMessages.ts';

/** What the main thread has told the job's so far. It is heard whenever the job waits for something, a store that is away too. */
export class Orders {
  readonly #stop = new AbortController();
  readonly #started: Promise<void>;
  #durable = JOURNAL_START;
  #listener: (() => void) | undefined;

  /** Begins to listen: a message that nobody hears is lost. */
  constructor(port: MessagePort) {
    this.#started = new Promise((resolve) => {
      port.on('message', (message: ToJob) => {
        if (message.kind === 'halt') process.exit(); // ends this thread; a message is never heard within a transaction
        else if (message.kind === 'stop') this.#stop.abort();
        else this.#durable = message.kind === 'start' ? message.durable : message.position;
        if (message.kind === 'start') resolve();
        this.#listener?.();
      });
    });
  }

  /** Resolves when the journal is open. */
  get started(): Promise<void> {
    return this.#started;
  }

  /** Aborted when nothing more is to be taken. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** The journal is on disk up to here. */
  get durable(): JournalPosition {
    return this.#durable;
  }

  /** Calls back now, and whenever something new was said. */
  listen(listener: () => void): void {
    this.#listener = listener;
    listener();
  }
}
