import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '../../../domain/errors.ts';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import type { Json } from '../../../storage/table/state.ts';
import { Journal } from '../../../storage/journal/journal.ts';
import { csvDecoder } from '../../decode/csv/csvDecoder.ts';
import { journalPosition } from '../../receivers/journalProgress.ts';
import { JournalSource } from '../../receivers/journalSource.ts';
import { MqttReceiver, type MqttReceiverOptions } from '../../receivers/mqtt/receiver.ts';
import { originOf } from '../../receivers/origin.ts';
import type { OpenStep } from '../../receivers/rowSource.ts';
import { type FolderHold, holdFolder } from '../folderHold.ts';
import type { SourceReports, StreamSource } from '../source.ts';
import { type OpenReceiver, type ReceivedOptions, type ReceivedReading, receivedReadings } from './receivedReadings.ts';

export interface MqttReadingsOptions extends ReceivedOptions, Pick<MqttReceiverOptions, 'username' | 'password' | 'tls'> {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  /** Topic filter, such as `pumps/+/readings`. */
  readonly topic: string;
  /** The session's name at the broker: no other program may have it. */
  readonly clientId: string;
  /** Folder of the journal: a message is acknowledged when it is on disk there. One program at a time. */
  readonly dir: string;
}

/**
 * Readings from messages of a broker: the push receiver of the pump job, with its journal. What was acknowledged is
 * taken after a restart. Messages come at least once, as MQTT has it: one that was in the journal and not acknowledged
 * when the process was killed is sent again, and is an item again. The pump job's table recognises such a reading by its
 * key, pump and time; here that is up to the program (`id` of `eventTimeWindow` does it).
 *
 * Fails with AppError ALREADY_RUNNING at the start when another program has the folder, and with JOURNAL_UNAVAILABLE
 * in a batch when the disk refuses.
 */
export function mqttReadings(options: MqttReadingsOptions): StreamSource<ReceivedReading> {
  return receivedReadings({
    ...options,
    kind: `mqttReadings(${options.topic})`,
    async open(state, reports) {
      const hold = await holdOf(options.dir);
      try {
        return receive(options, { hold, state, reports });
      } catch (error) {
        hold.release();
        throw error;
      }
    },
  });
}

interface Receiving {
  readonly hold: FolderHold;
  readonly state: ReadonlyMap<string, Json>;
  readonly reports: SourceReports;
}

function receive(
  { url, topic, clientId, dir, username, password, tls }: MqttReadingsOptions,
  { hold, state, reports: { onEvent, onError } }: Receiving,
): OpenReceiver {
  let failure: AppError | undefined;
  const journalDir = join(dir, 'journal');
  const journal = Journal.open({
    dir: journalDir,
    from: journalPosition(journalDir, state),
    clock: new ReceiptClock(ReceiptClock.shared(), Date.now),
    limit: Infinity,
    onWarning: (message) => onEvent({ level: 'warn', message }),
    onDamage: (message) => onEvent({ level: 'error', message }),
    onFailure: (error) => (failure = error),
  });
  const source = new TakenJournal(
    { dir: journalDir, state, onTaken: (position) => journal.trim(position) },
    { hold, failure: () => failure },
  );
  source.durable = journal.mark.end;
  journal.onDurable(() => (source.durable = journal.mark.end));
  const broker = {
    url,
    topic,
    clientId,
    connections: 1,
    protocol: 5 as const,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
  };
  const receiver = new MqttReceiver({
    ...broker,
    dataDir: dir,
    log: journal.inlet(originOf('mqtt', csvDecoder)),
    onLog(event) {
      onEvent(event);
      if (event.level === 'warn' || event.level === 'error') onError(event.message);
    },
  });
  receiver.start();
  return {
    source,
    async stop() {
      await receiver.stop();
      await journal.close();
    },
    pending: () => source.hasMore,
  };
}

async function holdOf(dir: string): Promise<FolderHold> {
  try {
    mkdirSync(dir, { recursive: true });
    return await holdFolder(dir, { what: 'the folder of the journal' });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('JOURNAL_UNAVAILABLE', `the folder of the journal, ${dir}, can't be used: ${messageOf(error)}`, { cause: error });
  }
}

interface Watched {
  readonly hold: FolderHold;
  readonly failure: () => AppError | undefined;
}

/** A journal that says so when it has failed: nothing more would come, without a word. */
class TakenJournal extends JournalSource {
  readonly #watched: Watched;

  constructor(options: ConstructorParameters<typeof JournalSource>[0], watched: Watched) {
    super(options);
    this.#watched = watched;
  }

  override get hasMore(): boolean {
    return this.#watched.failure() !== undefined || super.hasMore;
  }

  override async take(step: OpenStep): Promise<boolean> {
    const failure = this.#watched.failure();
    if (failure) throw failure;
    return super.take(step);
  }

  override async close(): Promise<void> {
    await super.close();
    this.#watched.hold.release();
  }
}
