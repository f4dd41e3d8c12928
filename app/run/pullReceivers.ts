import { type FSWatcher, watch } from 'chokidar';
import { messageOf, systemCode } from '../../domain/errors.ts';
import type { ReceiptAt } from '../../domain/reading/receipt.ts';
import type { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { FileFormats } from '../../ingest/receivers/directory/fileFormats.ts';
import { DirectoryReceiver } from '../../ingest/receivers/directory/receiver.ts';
import type { Formats } from '../../ingest/receivers/formats.ts';
import type { PullReceiver } from '../../ingest/receivers/rowSource.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Config } from '../config/types.ts';

export interface PullOptions {
  readonly config: Config;
  /** Takes what is there, and waits for nothing. */
  readonly once: boolean;
  /** The job's state as the table had it at start: each receiver finds its positions in it. */
  readonly state: ReadonlyMap<string, Json>;
  readonly clock: ReceiptClock;
  readonly formats: Formats;
  readonly receiptAt: ReceiptAt;
  readonly now: () => number;
  readonly onLog: (event: LogEvent) => void;
  /** Something may have come: the job looks at once. */
  readonly onNews: () => void;
}

/** A pull receiver at work. */
export interface Pull {
  readonly receiver: PullReceiver;
  close(): Promise<void>;
}

/** How each is opened; undefined when the configuration switches it off. A new one has its line here. */
const OPENERS: readonly ((options: PullOptions) => Pull | undefined)[] = [openDirectory];

/** Opens the configured pull receivers. Throws INBOX_UNAVAILABLE. */
export function openPullReceivers(options: PullOptions): Pull[] {
  return OPENERS.flatMap((open) => open(options) ?? []);
}

function openDirectory(options: PullOptions): Pull | undefined {
  const { config: { receivers }, once, state, clock, formats, receiptAt, now, onLog, onNews } = options;
  if (!receivers.directory) return undefined;
  const { path, settle, formats: rules } = receivers.directory;
  const files = new FileFormats(formats, rules);
  const receiver = new DirectoryReceiver({ path, settle, formats: files, clock, receiptAt, now, state, onLog });
  receiver.start();
  const events = once
    ? undefined
    : watchFolder(receivers.directory.path, onLog)
        .on('raw', (event, name) => receiver.heard(event, name))
        .on('all', () => {
          receiver.hint();
          onNews();
        });
  return {
    receiver,
    async close() {
      await events?.close();
      await receiver.close();
    },
  };
}

/** What allows for more, by the code of what is used up. */
const MORE: Readonly<Record<string, string>> = {
  EMFILE: 'fs.inotify.max_user_instances of the system, or "ulimit -n",',
  ENOSPC: 'fs.inotify.max_user_watches of the system',
};

/**
 * Hears of changes in a folder at once. That is a convenience: where the system can't do it, it is said once, and the
 * folder is looked at all the same.
 */
function watchFolder(path: string, onLog: (event: LogEvent) => void): FSWatcher {
  let said = false;
  return watch(path, { depth: 0, ignoreInitial: true }).on('error', (error) => {
    if (said) return;
    said = true;
    const code = systemCode(error) ?? '';
    const advice = code in MORE ? `. ${MORE[code]} may allow for more` : '';
    onLog({
      level: 'warn',
      message: `the system does not tell of new files in ${path} (${code || messageOf(error)}): it is looked at each second ` +
        `instead${advice}`,
    });
  });
}
