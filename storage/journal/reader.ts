import { AppError, systemCode } from '../../domain/errors.ts';
import { decodeMessages, type JournalMessage } from './journalFrame.ts';
import { isBefore, type JournalPosition, SegmentFile, segmentPath } from './segments.ts';

/** A frame as it lies in the journal. */
export interface JournalFrame {
  readonly bytes: Buffer;
  readonly messages: readonly JournalMessage[];
  readonly receivedAt: number;
  /** Its own position, and that of the frame after it. */
  readonly at: JournalPosition;
  readonly next: JournalPosition;
}

/** Reads the journal's frames in order, up to where they are durable; runs in another thread than the writer. */
export class JournalReader {
  readonly #dir: string;
  #position: JournalPosition;
  #file: SegmentFile | undefined;
  #frame: JournalFrame | undefined;

  constructor(dir: string, from: JournalPosition) {
    this.#dir = dir;
    this.#position = from;
  }

  /**
   * The frame at the reader's position, the same one until `advance`, or undefined when none before `durable` is left. Throws
   * JOURNAL_DAMAGED.
   */
  peek(durable: JournalPosition): JournalFrame | undefined {
    if (this.#frame) return this.#frame;
    while (isBefore(this.#position, durable)) {
      const { segment, offset } = this.#position;
      this.#file ??= this.#open(segment);
      if (segment < durable.segment && (!this.#file || offset >= this.#file.size)) {
        this.#nextSegment();
        continue;
      }
      const bytes = this.#file?.frameAt(offset);
      if (!bytes)
        throw new AppError(
          'JOURNAL_DAMAGED',
          `${segmentPath(this.#dir, segment)} can't be read at byte ${offset}: acknowledged rows there are missing`,
        );
      this.#frame = {
        bytes,
        messages: decodeMessages(bytes),
        receivedAt: bytes.readDoubleLE(20),
        at: this.#position,
        next: { segment, offset: offset + bytes.length },
      };
      return this.#frame;
    }
    return undefined;
  }

  /** Goes on to the frame after the one that was peeked at. */
  advance(): void {
    if (!this.#frame) return;
    this.#position = this.#frame.next;
    this.#frame = undefined;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #nextSegment(): void {
    this.close();
    this.#position = { segment: this.#position.segment + 1, offset: 0 };
  }

  /** Undefined when there is no such segment: it was removed by hand after all in it had been taken. */
  #open(segment: number): SegmentFile | undefined {
    try {
      return new SegmentFile(this.#dir, segment);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}
