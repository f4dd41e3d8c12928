import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { ActBook } from '../../query/acts/actBook.ts';
import { type ActItem, actItem } from '../../query/acts/actItem.ts';

export interface ActWatchOptions {
  readonly onAct: (act: ActItem) => void;
  readonly onLog: (event: LogEvent) => void;
}

/** How often it is looked whether other processes did something, in ms. A look is one system call, or for a shared log a call of the store. */
const LOOK_MS = 250;

/** Tells of acts as they come, whoever did them: this process, or a command beside it. */
export class ActWatch {
  readonly #book: ActBook;
  readonly #options: ActWatchOptions;
  /** The number of the last act that was told; undefined until the log could be read. */
  #told: number | undefined;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(book: ActBook, options: ActWatchOptions) {
    this.#book = book;
    this.#options = options;
  }

  /** Tells of those that come from now on. */
  start(): void {
    this.#refresh();
    this.#look();
    this.#timer = setInterval(() => {
      this.#refresh();
      this.#look();
    }, LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What a failure was about is known from the look. */
  #refresh(): void {
    this.#refreshing ??= this.#book.log.refresh?.().catch(() => undefined).finally(() => { this.#refreshing = undefined; });
  }

  #look(): void {
    try {
      const acts = this.#book.all();
      const last = acts.at(-1)?.number ?? 0;
      if (this.#told !== undefined && last > this.#told)
        for (const act of acts.slice(acts.findLastIndex(({ number }) => number <= this.#told!) + 1)) this.#options.onAct(actItem(act));
      this.#told = last;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#options.onLog({ level: 'error', message: messageOf(error) });
      this.#failing = true;
    }
  }
}
