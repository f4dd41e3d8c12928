import { watch } from 'chokidar';
import type { ReceiptAt } from '../../domain/reading/receipt.ts';
import type { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { DirectoryReceiver } from '../../ingest/receivers/directory/receiver.ts';
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

function openDirectory({ config: { receivers }, once, state, clock, receiptAt, now, onLog, onNews }: PullOptions): Pull | undefined {
  if (!receivers.directory) return undefined;
  const receiver = new DirectoryReceiver({ ...receivers.directory, clock, receiptAt, now, state, onLog });
  receiver.start();
  const events = once
    ? undefined
    : watch(receivers.directory.path, { depth: 0, ignoreInitial: true })
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
