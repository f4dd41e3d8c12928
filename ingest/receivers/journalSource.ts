import { anyTime, type Receipt, type ReceiptAt } from '../../domain/reading/receipt.ts';
import type { JournalMessage } from '../../storage/journal/journalFrame.ts';
import { type JournalFrame, JournalReader } from '../../storage/journal/reader.ts';
import { isBefore, type JournalPosition } from '../../storage/journal/segments.ts';
import type { Json } from '../../storage/table/state.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { SourceState } from '../decode/decoder.ts';
import { type Formats, PLAIN_FORMATS } from './formats.ts';
import { JOURNAL_STATE, journalProgress, type JournalProgress } from './journalProgress.ts';
import { NOTHING_TAKEN, takePayload } from './payload.ts';
import type { AcknowledgedSource, OpenStep } from './rowSource.ts';
import { topicSource } from './topicSource.ts';

export interface JournalSourceOptions {
  readonly dir: string;
  /** The job's state as the table had it at start. */
  readonly state: ReadonlyMap<string, Json>;
  /** Each message is judged by its own time of receipt. By default readings of any time are taken. */
  readonly receiptAt?: ReceiptAt | undefined;
  /** What payloads may be; by default the plain form. */
  readonly formats?: Formats | undefined;
  /** Told after each commit: frames before this position are in the table. */
  readonly onTaken: (position: JournalPosition) => void;
}

/**
 * What was acknowledged to the push receivers' senders, in the order in which it came. Each message's frame says which
 * receiver brought it and which format it has. A step has rows of one receiver, of retained messages
 * or of others: it ends where another kind begins.
 */
export class JournalSource implements AcknowledgedSource {
  readonly settling = 0;
  readonly #dir: string;
  readonly #reader: JournalReader;
  readonly #onTaken: (position: JournalPosition) => void;
  readonly #receiptAt: ReceiptAt;
  /** Whose end of the journal holds here too. */
  readonly #leader: JournalSource;
  readonly #formats: Formats;
  #durable: JournalPosition;
  #progress: JournalProgress;
  #oldestWaiting: number | undefined;
  /** Whose rows the last step has, whether of retained messages, and that step. */
  #receiver: ReceiverName | undefined;
  #retained = false;
  #step: OpenStep['state'] | undefined;

  constructor({ dir, state, receiptAt = anyTime, formats = PLAIN_FORMATS, onTaken }: JournalSourceOptions, leader?: JournalSource) {
    this.#dir = dir;
    this.#leader = leader ?? this;
    this.#progress = journalProgress(dir, state);
    this.#durable = this.#progress.at;
    this.#reader = new JournalReader(dir, this.#progress.at);
    this.#receiptAt = receiptAt;
    this.#formats = formats;
    this.#onTaken = onTaken;
  }

  /** The journal is on disk up to here. */
  set durable(position: JournalPosition) {
    this.#durable = position;
  }

  /** The receiver whose rows were taken last, or wait. */
  get name(): ReceiverName {
    return this.#receiver ?? this.#reader.peek(this.#leader.#durable)?.messages[this.#progress.messages].receiver ?? JOURNAL_STATE;
  }

  get hasMore(): boolean {
    return isBefore(this.#progress.at, this.#leader.#durable);
  }

  /** Time of receipt of the first row that waits. */
  get nextReceivedAt(): number | undefined {
    return this.#reader.peek(this.#leader.#durable)?.receivedAt;
  }

  /** Time of receipt of the first row that the last `take` took. */
  get oldestTaken(): number | undefined {
    return this.#oldestWaiting;
  }

  get retained(): boolean {
    return this.#retained;
  }

  async take(step: OpenStep): Promise<boolean> {
    this.#oldestWaiting = undefined;
    while (!step.buffer.full) {
      const frame = this.#reader.peek(this.#leader.#durable);
      if (!frame || !this.#isSameKind(frame.messages[this.#progress.messages], step)) break;
      this.#oldestWaiting ??= frame.receivedAt;
      if (!this.#takeFrame(frame, step)) break;
      this.#reader.advance();
      this.#progress = { at: frame.next, messages: 0, rows: 0 };
    }
    if (this.#oldestWaiting === undefined) return false;
    step.state[JOURNAL_STATE] = this.#progress as unknown as Json;
    return true;
  }

  async committed(): Promise<void> {
    this.#onTaken(this.#progress.at);
  }

  ahead(): JournalSource {
    const state = new Map<string, Json>([[JOURNAL_STATE, this.#progress as unknown as Json]]);
    // What is looked at ahead comes again: it counts for nothing.
    const formats = this.#formats.uncounted();
    return new JournalSource({ dir: this.#dir, state, receiptAt: this.#receiptAt, formats, onTaken: () => undefined }, this);
  }

  async close(): Promise<void> {
    this.#reader.close();
  }

  /** Takes messages as far as there is room; false when some are left. */
  #takeFrame(frame: JournalFrame, step: OpenStep): boolean {
    const receipt = this.#receiptAt(frame.receivedAt);
    let begun = this.#progress.inMessage;
    for (let i = this.#progress.messages; i < frame.messages.length; i++) {
      const message = frame.messages[i];
      const hasRoom = !step.buffer.full && this.#isSameKind(message, step);
      const row = step.buffer.readings.length;
      const rest = hasRoom ? takeMessage({ frame, receipt, formats: this.#formats }, message, begun, step) : (begun ?? NOTHING_TAKEN);
      if (hasRoom) credit(message, row, step);
      if (rest) {
        this.#progress = {
          at: frame.at,
          messages: i,
          rows: this.#rowsBefore(frame, i) + rest.line,
          ...(rest === NOTHING_TAKEN ? {} : { inMessage: rest }),
        };
        return false;
      }
      begun = undefined;
    }
    return true;
  }

  #rowsBefore({ bytes, messages }: JournalFrame, end: number): number {
    let rows = 0;
    for (const { format, from, to, size } of messages.slice(0, end)) {
      rows += to - from < size ? 1 : this.#formats.decoderOf(format).rowsOf(bytes.subarray(from, to));
    }
    return rows;
  }

  /** Whether a message may go into the step: the first one of a step may, whoever brought it. */
  #isSameKind({ receiver, retained = false }: JournalMessage, step: OpenStep): boolean {
    if (this.#step !== step.state) {
      this.#step = step.state;
      this.#receiver = receiver;
      this.#retained = retained;
    }
    return receiver === this.#receiver && retained === this.#retained;
  }
}

/**
 * Takes a message from where it was begun, or from its beginning; gives the state where the room ended, or undefined
 * when all of it is taken. Most messages are one plain row, for which decoders have a short way.
 */
function takeMessage(
  { frame, receipt, formats }: { readonly frame: JournalFrame; readonly receipt: Receipt; readonly formats: Formats },
  message: JournalMessage,
  begun: SourceState | undefined,
  { buffer }: OpenStep,
): SourceState | undefined {
  const { bytes } = frame;
  const { format, from, to, size } = message;
  const decoder = formats.decoderOf(format);
  if (begun === undefined && to - from === size && decoder.takeOne(bytes, message, receipt, buffer)) return undefined;
  return takePayload({ bytes, from, to, size, source: topicSource(message) }, { decoder, receipt, begun }, buffer);
}

/** A topic that is known costs no text. */
function credit(message: JournalMessage, fromRow: number, { buffer }: OpenStep): void {
  const { topic } = message;
  const known = buffer.readings.origins.find(topic);
  if (known === undefined) buffer.credit({ key: topic, name: topicSource(message), digest: null }, fromRow);
  else buffer.creditTo(known, fromRow);
}
