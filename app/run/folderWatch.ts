import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { messageOf, systemCode } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';

export interface FolderWatchOptions {
  readonly path: string;
  /** A name appeared or went (`rename`), or was written to (`change`). */
  readonly onEvent: (event: string, name: string) => void;
  readonly onLog: (event: LogEvent) => void;
}

/** What allows for more, by the code of what is used up. */
const MORE: Readonly<Record<string, string>> = {
  EMFILE: 'fs.inotify.max_user_instances of the system, or "ulimit -n",',
  ENOSPC: 'fs.inotify.max_user_watches of the system',
};

/**
 * Hears of changes in a folder at once. That is a convenience: where the system can't do it, it is said once, and the folder
 * is looked at all the same. Nothing is asked of the files: tens of thousands of them cost an event each.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  #watcher: FSWatcher | undefined;
  #said = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.again();
  }

  /** Watches the folder that is there now: it may be another one than before. */
  again(): void {
    const { path, onEvent } = this.#options;
    this.close();
    try {
      this.#watcher = watch(path, (event, name) => {
        if (event === 'rename' && name === basename(path)) this.again(); // the folder itself is gone
        if (name !== null) onEvent(event, name);
      }).on('error', (error) => this.#say(error));
    } catch (error) {
      // Whoever looks at the folder tells that it is not there, and calls again when it is back.
      if (systemCode(error) !== 'ENOENT') this.#say(error);
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #say(error: unknown): void {
    if (this.#said) return;
    this.#said = true;
    const code = systemCode(error) ?? '';
    const advice = code in MORE ? `. ${MORE[code]} may allow for more` : '';
    this.#options.onLog({
      level: 'warn',
      message: `the system does not tell of new files in ${this.#options.path} (${code || messageOf(error)}): it is looked at each second ` +
        `instead${advice}`,
    });
  }
}
