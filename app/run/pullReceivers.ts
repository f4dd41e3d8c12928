import { mkdirSync } from 'node:fs';
import { systemCode } from '../../domain/errors.ts';
import type { ReceiptAt } from '../../domain/reading/receipt.ts';
import type { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { FileFormats } from '../../ingest/receivers/directory/fileFormats.ts';
import { DirectoryReceiver } from '../../ingest/receivers/directory/receiver.ts';
import type { Formats } from '../../ingest/receivers/formats.ts';
import type { PullReceiver } from '../../ingest/receivers/rowSource.ts';
import type { Json } from '../../storage/table/state.ts';
import { kafkaAccess } from '../config/kafkaAccess.ts';
import type { Config, KafkaReceiverConfig } from '../config/types.ts';
import { FolderWatch } from './folderWatch.ts';

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

/** So long `run --once` waits for a cluster that is away; a site waits as long as it takes. */
const ONCE_PATIENCE_MS = 60_000;

/** A pull receiver at work. */
export interface Pull {
  readonly receiver: PullReceiver;
  close(): Promise<void>;
}

/** Makes the inbox, so that files can be dropped before the table is ready. What is in its way is told by the receiver. */
export function makeInbox({ receivers: { directory } }: Pick<Config, 'receivers'>): void {
  try {
    if (directory) mkdirSync(directory.path, { recursive: true });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

/** How each is opened; undefined when the configuration switches it off. A new one has its line here. */
const OPENERS: readonly ((options: PullOptions) => Promise<Pull> | Pull | undefined)[] = [
  openDirectory,
  (options) => (options.config.receivers.kafka ? openKafka(options.config.receivers.kafka, options) : undefined),
];

/** Opens the configured pull receivers. Throws INBOX_UNAVAILABLE. */
export async function openPullReceivers(options: PullOptions): Promise<Pull[]> {
  const opened: Pull[] = [];
  for (const open of OPENERS) {
    const pull = await open(options);
    if (pull) opened.push(pull);
  }
  return opened;
}

function openDirectory(options: PullOptions): Pull | undefined {
  const { config: { receivers }, once, state, clock, formats, receiptAt, now, onLog, onNews } = options;
  if (!receivers.directory) return undefined;
  const { path, settle, formats: rules } = receivers.directory;
  const files = new FileFormats(formats, rules);
  const onBack = () => events?.again();
  const receiver = new DirectoryReceiver({ path, settle, formats: files, clock, receiptAt, now, state, onLog, onBack });
  receiver.start();
  const events = once ? undefined : new FolderWatch({ path, onLog, onEvent });
  function onEvent(event: string, name: string): void {
    receiver.heard(event, name);
    if (event === 'change') return; // a file that is being written to is looked at again anyway, until it is still
    receiver.hint();
    onNews();
  }
  return {
    receiver,
    async close() {
      events?.close();
      await receiver.close();
    },
  };
}

async function openKafka(kafka: KafkaReceiverConfig, options: PullOptions): Promise<Pull> {
  const { once, state, clock, formats, receiptAt, now, onLog, onNews } = options;
  const { KafkaReceiver } = await import('../../ingest/receivers/kafka/receiver.ts');
  const { topic, group, format } = kafka;
  const receiver = new KafkaReceiver({
    access: kafkaAccess('receivers.kafka', kafka), topic, group, decoder: formats.named(format),
    state, clock, receiptAt, now, patienceMs: once ? ONCE_PATIENCE_MS : Infinity, onLog, onNews,
  });
  receiver.start();
  return { receiver, close: () => receiver.close() };
}
