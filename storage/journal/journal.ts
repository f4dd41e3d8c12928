import { constants, fdatasync, mkdirSync, openSync, unlinkSync, write, closeSync } from 'node:fs';
import { AppError } from '../../domain/errors.ts';
import { whyNot } from '../files/diskProblem.ts';
import type { ReceiptClock } from '../../domain/reading/receiptClock.ts';
import { encodeFrame, fittingMessages, MAX_PAYLOAD, type PayloadOrigin } from './journalFrame.ts';
import { recover, type JournalTail } from './recover.ts';
import { isBefore, type JournalPosition, segmentPath, syncFolder } from './segments.ts';

/** Where the journal stands; told after every commit. */
export interface JournalMark {
  /** All before it is on disk. */
  readonly end: JournalPosition;
  /** Rows committed since the journal was opened, those found at opening included. */
  readonly rows: number;
}

/** Where a message comes from, for whoever appends it. */
export interface Origin extends PayloadOrigin {
  /** How many rows a payload of this format counts as while it waits; at least one. */
  rowsOf(payload: Buffer): number;
}

/** The journal as one receiver has it: what it appends says who brought it, and in which format. */
export type Inlet = Pick<Journal, 'queuedBytes' | 'onDurable' | 'flush'> & {
  append(topic: string, payload: Buffer, retained?: boolean): number;
};

export interface JournalOptions {
  readonly dir: string;
  /** Up to where the table is complete. */
  readonly from: JournalPosition;
  readonly clock: ReceiptClock;
  /** Bytes on disk at which no more is committed, and so nothing acknowledged. */
  readonly limit: number;
  /** Told when the limit is reached (true) and when there is room again (false). */
  readonly onFull?: (full: boolean) => void;
  /** Told at opening when something is not as it was left. */
  readonly onWarning?: (message: string) => void;
  /** Told at opening when rows that were acknowledged can't be read. */
  readonly onDamage?: (message: string) => void;
  /** Told once when the disk refuses; nothing is committed from then on. */
  readonly onFailure: (error: AppError) => void;
}

const SEGMENT_BYTES = 16 * 1024 * 1024;
const FRAME_BYTES = 1024 * 1024;

/**
 * The write-ahead log of the push receivers. A message is queued, committed with all that have come
 * meanwhile by one write and one fdatasync, and only then may it be acknowledged. The next commit
 * starts as soon as the last is done, never on a timer: a broker's in-flight window must not empty.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #listeners = new Set<(upTo: number) => void>();
  readonly #waiting: { upTo: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #origins: Origin[] = [];
  #topics: string[] = [];
  #payloads: Buffer[] = [];
  #queuedBytes = 0;
  #queued = 0;
  #durable = 0;
  #committing = false;
  #full = false;
  #closed = false;
  #failure: AppError | undefined;
  #fd = -1;
  #end: JournalPosition;
  #rows: number;
  /** Frames are encoded here, one after the other: buffers of their own would be a lot of garbage. */
  readonly #scratch = Buffer.allocUnsafeSlow(FRAME_BYTES);
  #diskBytes = 0;
  /** Sizes of the segments before the last one, by number, rising. */
  readonly #complete = new Map<number, number>();

  private constructor(options: JournalOptions, tail: JournalTail) {
    this.#options = options;
    this.#end = tail.end;
    this.#rows = tail.rows;
    for (const { segment, size } of tail.segments) {
      this.#diskBytes += size;
      if (segment !== tail.end.segment) this.#complete.set(segment, size);
    }
  }

  /**
   * Opens a journal, cutting off what a crash left half written, and keeping aside what is damaged. Throws JOURNAL_DAMAGED, or
   * JOURNAL_UNAVAILABLE when the folder can't be written.
   */
  static open(options: JournalOptions): Journal {
    try {
      mkdirSync(options.dir, { recursive: true });
      const tail = recover(options.dir, options.from);
      options.clock.advanceTo(tail.lastReceivedAt);
      if (tail.cut > 0)
        options.onWarning?.(
          `${tail.cut} bytes at the end of the journal were no whole frame and are cut off: a crash while they were written, and ` +
            'nothing of them was acknowledged, or else the disk has lost them',
        );
      if (tail.damage)
        options.onDamage?.(
          `the last ${tail.damage.bytes} bytes of the journal are no frame as it was written: the disk has changed them, and rows that ` +
            `were acknowledged may be among them. They are cut off and kept in ${tail.damage.keptIn}`,
        );
      if (tail.missing)
        options.onWarning?.(
          `the journal in ${options.dir} was removed: rows that were acknowledged and not yet in the table are gone with it`,
        );
      const journal = new Journal(options, tail);
      journal.#openSegment();
      return journal;
    } catch (error) {
      throw error instanceof AppError ? error : unavailable(options.dir, error);
    }
  }

  get mark(): JournalMark {
    return { end: this.#end, rows: this.#rows };
  }

  /** Bytes queued but not on disk. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes on disk. */
  get diskBytes(): number {
    return this.#diskBytes;
  }

  get full(): boolean {
    return this.#full;
  }

  /** The journal for one receiver's messages of one format. */
  inlet(origin: Origin): Inlet {
    const queuedBytes = () => this.#queuedBytes;
    const kept = { ...origin, retained: true };
    return {
      append: (topic, payload, retained = false) => this.append(topic, payload, retained ? kept : origin),
      get queuedBytes() {
        return queuedBytes();
      },
      onDurable: (listener) => this.onDurable(listener),
      flush: () => this.flush(),
    };
  }

  /**
   * Queues a message and gives its number, rising by one. `payload` must not change afterwards. Throws once the journal
   * has failed or is closed.
   */
  append(topic: string, payload: Buffer, origin: Origin): number {
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw new AppError('JOURNAL_UNAVAILABLE', 'the journal is closed');
    this.#origins.push(origin);
    this.#topics.push(topic);
    this.#payloads.push(payload);
    this.#queuedBytes += payload.length;
    this.#queued += 1;
    if (!this.#committing) {
      this.#committing = true;
      // What one read of the socket brought goes into one commit.
      setImmediate(() => this.#commit());
    }
    return this.#queued;
  }

  /** Calls back after every commit: all messages up to and with this number are on disk. Returns the way to unsubscribe. */
  onDurable(listener: (upTo: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when all that was appended so far is on disk; rejects when the journal has failed. */
  flush(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#durable === this.#queued) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ upTo: this.#queued, resolve, reject }));
  }

  /** Removes the segments that lie wholly before a position: the table is complete up to it. */
  trim(position: JournalPosition): void {
    for (const [segment, size] of this.#complete) {
      if (isBefore(position, { segment, offset: size })) break;
      unlinkSync(segmentPath(this.#options.dir, segment));
      this.#complete.delete(segment);
      this.#diskBytes -= size;
    }
    if (this.#full && this.#diskBytes < this.#options.limit) {
      this.#setFull(false);
      this.#commit();
    }
  }

  /** Commits what is queued and closes. What can't be committed stays unacknowledged. */
  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      if (!this.#failure && !this.#full) await this.flush();
    } finally {
      this.#closed = true;
      if (this.#fd >= 0) closeSync(this.#fd);
    }
  }

  #commit(): void {
    if (this.#failure || this.#closed) return;
    if (this.#payloads.length === 0) {
      this.#committing = false;
      return;
    }
    if (this.#diskBytes >= this.#options.limit) {
      // What lies in a complete segment can be removed once the table has it.
      if (this.#end.offset > 0) this.#rotate();
      return this.#setFull(true);
    }
    const count = fittingMessages(this.#topics, this.#payloads, FRAME_BYTES);
    const payloads = this.#payloads.slice(0, count);
    let rows = 0;
    let bytes = 0;
    for (const [i, payload] of payloads.entries()) {
      rows += payload.length > MAX_PAYLOAD ? 1 : this.#origins[i].rowsOf(payload);
      bytes += payload.length;
    }
    const frame = encodeFrame({ origins: this.#origins, topics: this.#topics, payloads, rows }, count, {
      receivedAt: this.#options.clock.next(),
      at: this.#end,
      scratch: this.#scratch,
    });
    this.#origins = this.#origins.slice(count);
    this.#topics = this.#topics.slice(count);
    this.#payloads = this.#payloads.slice(count);
    this.#write(frame, 0, () => {
      this.#queuedBytes -= bytes;
      this.#durable += count;
      this.#rows += rows;
      this.#diskBytes += frame.length;
      this.#end = { segment: this.#end.segment, offset: this.#end.offset + frame.length };
      this.#tell();
      if (this.#end.offset >= SEGMENT_BYTES) this.#rotate();
      this.#commit();
    });
  }

  #write(frame: Buffer, from: number, done: () => void): void {
    write(this.#fd, frame, from, frame.length - from, this.#end.offset + from, (error, written) => {
      if (error) return this.#fail(error);
      if (from + written < frame.length) return this.#write(frame, from + written, done);
      // A failed fdatasync is never tried again: the kernel may have dropped the pages and would say yes.
      fdatasync(this.#fd, (failed) => (failed ? this.#fail(failed) : done()));
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#durable);
    while (this.#waiting.length > 0 && this.#waiting[0].upTo <= this.#durable) this.#waiting.shift()!.resolve();
  }

  #rotate(): void {
    try {
      closeSync(this.#fd);
      this.#complete.set(this.#end.segment, this.#end.offset);
      this.#end = { segment: this.#end.segment + 1, offset: 0 };
      this.#openSegment();
    } catch (error) {
      this.#fail(error);
    }
  }

  #openSegment(): void {
    const { dir } = this.#options;
    this.#fd = openSync(segmentPath(dir, this.#end.segment), constants.O_RDWR | constants.O_CREAT, 0o640);
    syncFolder(dir);
  }

  #setFull(full: boolean): void {
    if (this.#full === full) return;
    this.#full = full;
    this.#options.onFull?.(full);
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = unavailable(this.#options.dir, error);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    this.#options.onFailure(this.#failure);
  }
}

function unavailable(dir: string, error: unknown): AppError {
  return new AppError(
    'JOURNAL_UNAVAILABLE',
    `the journal in ${dir} can't be written: ${whyNot(error)}. Nothing more is acknowledged, and nothing that was is lost`,
    { cause: error },
  );
}
