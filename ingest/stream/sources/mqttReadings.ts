import { join } from 'node:path';
import type { AppError } from '../../../domain/errors.ts';
import { ReceiptClock } from '../../../domain/receiptClock.ts';
import { Journal } from '../../../storage/journal/journal.ts';
import { journalPosition, JournalSource } from '../../journalSource.ts';
import { MqttReceiver, type MqttReceiverOptions } from '../../mqtt/receiver.ts';
import type { OpenStep } from '../../source.ts';
import type { StreamSource } from '../source.ts';
import { type ReceivedOptions, type ReceivedReading, receivedReadings } from './receivedReadings.ts';

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
 * taken after a restart. A batch fails with AppError JOURNAL_UNAVAILABLE when the disk refuses.
 */
export function mqttReadings({ url, topic, clientId, dir, username, password, tls, ...options }: MqttReadingsOptions): StreamSource<ReceivedReading> {
  return receivedReadings({
    ...options,
    kind: `mqttReadings(${topic})`,
    open(state, onEvent) {
      let failure: AppError | undefined;
      const journalDir = join(dir, 'journal');
      const journal = Journal.open({
        dir: journalDir,
        from: journalPosition(journalDir, state),
        clock: new ReceiptClock(ReceiptClock.shared(), Date.now),
        limit: Infinity,
        onWarning: (message) => onEvent({ level: 'warn', message }),
        onFailure: (error) => (failure = error),
      });
      const source = new TakenJournal({ dir: journalDir, state, onTaken: (position) => journal.trim(position) }, () => failure);
      source.durable = journal.mark.end;
      journal.onDurable(() => (source.durable = journal.mark.end));
      const broker = { url, topic, clientId, connections: 1, protocol: 5 as const, ...(username !== undefined && { username }), ...(password !== undefined && { password }), ...(tls && { tls }) };
      const receiver = new MqttReceiver({ ...broker, dataDir: dir, log: journal, onEvent });
      receiver.start();
      return {
        source,
        async stop() {
          await receiver.stop();
          await journal.close();
        },
        pending: () => source.hasMore,
      };
    },
  });
}

/** A journal that says so when it has failed: nothing more would come, without a word. */
class TakenJournal extends JournalSource {
  readonly #failure: () => AppError | undefined;

  constructor(options: ConstructorParameters<typeof JournalSource>[0], failure: () => AppError | undefined) {
    super(options);
    this.#failure = failure;
  }

  override get hasMore(): boolean {
    return this.#failure() !== undefined || super.hasMore;
  }

  override async take(step: OpenStep): Promise<boolean> {
    const failure = this.#failure();
    if (failure) throw failure;
    return super.take(step);
  }
}
