import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { anyTime, type Receipt, type ReceiptAt } from '../../../domain/reading/receipt.ts';
import type { ReceiptClock } from '../../../domain/reading/receiptClock.ts';
import { type Json, newestReceipt } from '../../../storage/table/state.ts';
import type { Decoder, SourceState } from '../../decode/decoder.ts';
import type { StepBuffer } from '../../decode/stepBuffer.ts';
import { takePayload } from '../payload.ts';
import type { ReceiverStatus } from '../receiverStatus.ts';
import type { OpenStep, PullReceiver } from '../rowSource.ts';
import type { RecordBlock } from './block.ts';
import type { KafkaAccess } from './access.ts';
import { type FeedState, KafkaFeed, type StoredOffset } from './feed.ts';

/** So often it is looked whether the rest of a step has come. */
const AGAIN_MS = 10;

/** Positions in partitions are kept in the job's state under this, the topic, a slash and the partition. */
export const KAFKA_STATE = 'kafka:';

/** How far the table has a partition. */
interface PartitionPosition extends StoredOffset {
  /** Where the record at `offset` stands, when it did not fit whole. */
  readonly inRecord?: SourceState;
}

/** A partition, for people. */
export interface PartitionStatus {
  readonly partition: number;
  /** The next offset that the table lacks. */
  readonly offset: number;
  /** Offsets from there to the end; more than there are records where some are gone. */
  readonly lag: number;
}

/** The topic as `status` shows it. */
export interface KafkaStatus extends ReceiverStatus {
  readonly state: FeedState;
  /** `kafka://k1:9092,k2:9092`. */
  readonly url: string;
  readonly topic: string;
  /** How many records the table lacks, over all partitions; null until the cluster has answered. */
  readonly lag: number | null;
  readonly partitions: readonly PartitionStatus[];
}

export interface KafkaOptions {
  readonly access: KafkaAccess;
  readonly topic: string;
  /** Under which the cluster is told how far we are. */
  readonly group: string;
  readonly decoder: Decoder;
  readonly clock: ReceiptClock;
  /** Of which partition alone; undefined for all. */
  readonly partition?: number | undefined;
  /** Tells the cluster how far the table is; by default the receiver does by itself. */
  readonly tell?: ((offsets: ReadonlyMap<number, number>) => Promise<void>) | undefined;
  /**
   * Rows are received when their record came to Kafka, times rising, and not when they are taken. With this each step is a function of
   * what was committed and of the records.
   */
  readonly receivedAt?: 'record' | undefined;
  /** A step that somebody has begun and not committed: the first one has so many rows and rejects, and leads to this position. */
  readonly again?: { readonly size: number; readonly position: Readonly<Record<string, Json>> } | undefined;
  /** By default readings of any time are taken. */
  readonly receiptAt?: ReceiptAt | undefined;
  /** The site's clock, ms since 1970. */
  readonly now: () => number;
  /** The job's state as the table had it at start. */
  readonly state: ReadonlyMap<string, Json>;
  /** So long a cluster may be away before the job ends, ms; Infinity where it waits as long as it takes. */
  readonly patienceMs: number;
  readonly onLog: (event: LogEvent) => void;
  readonly onNews: () => void;
}

/**
 * All partitions of a topic. Kafka is its own journal: how far each partition has been read commits with the rows, so that
 * each record counts once whatever dies. No group decides who reads what: the table is one, and so is its reader.
 */
export class KafkaReceiver implements PullReceiver {
  readonly name = 'kafka';
  readonly nextReceivedAt = undefined;
  readonly #options: KafkaOptions;
  readonly #feed: KafkaFeed;
  /** By partition, as the open step has it, and as the table has it. */
  readonly #positions = new Map<number, PartitionPosition>();
  readonly #committed = new Map<number, PartitionPosition>();
  /** The record of the first block that is next. */
  #row = 0;
  #lastMessageAt: number | undefined;
  /** The newest time of receipt of all rows that were taken, where records have theirs. */
  #newest: number;
  #again: KafkaOptions['again'];
  #closed = false;

  constructor(options: KafkaOptions) {
    this.#options = options;
    const { access, topic, group, partition, tell, state, onLog, onNews } = options;
    const prefix = `${KAFKA_STATE}${topic}/`;
    for (const [name, position] of state)
      if (name.startsWith(prefix)) this.#committed.set(Number(name.slice(prefix.length)), position as unknown as PartitionPosition);
    for (const [partition, position] of this.#committed) this.#positions.set(partition, position);
    const stored = (partition: number) => this.#positions.get(partition);
    this.#feed = new KafkaFeed({ access, topic, group, clientId: 'wellwatch', partition, tell, stored, onLog, onNews });
    this.#newest = newestReceipt(state);
    this.#again = options.again;
  }

  /** Begins to fetch in the background. */
  start(): void {
    this.#feed.start();
  }

  /** True, too, when the cluster has been away for so long that `take` has to say so. */
  get hasMore(): boolean {
    return this.#feed.first !== undefined || this.#isOutOfPatience();
  }

  get settling(): number {
    return this.#feed.behind;
  }

  status(): KafkaStatus {
    const { access: { brokers }, topic } = this.#options;
    const partitions = this.#partitions();
    return {
      state: this.#feed.state,
      url: `kafka://${brokers.join(',')}`,
      topic,
      lag: this.#feed.id === undefined ? null : partitions.reduce((sum, { lag }) => sum + lag, 0),
      partitions,
      lastMessageAt: this.#lastMessageAt === undefined ? null : new Date(this.#lastMessageAt).toISOString(),
      lastError: this.#feed.lastError ?? null,
    };
  }

  /** Throws BROKER_UNAVAILABLE where patience has an end. */
  async take({ buffer, state, receivedBy }: OpenStep): Promise<boolean> {
    if (this.#isOutOfPatience()) throw this.#gone();
    const again = this.#again;
    if (!again) return this.#takeWaiting({ buffer, state, receivedBy });
    buffer.limit = again.size;
    while (!buffer.full && !this.#hasReached(state, again.position)) {
      const any = await this.#takeWaiting({ buffer, state, receivedBy });
      if (!any && !this.#hasReached(state, again.position) && !(await this.#comes())) return false;
    }
    this.#again = undefined;
    return true;
  }

  /** Whether a step has come as far as another; further where records are gone. */
  #hasReached(state: Readonly<Record<string, Json>>, wanted: Readonly<Record<string, Json>>): boolean {
    const name = `${KAFKA_STATE}${this.#options.topic}/${this.#options.partition}`;
    const [now, then] = [state[name], wanted[name]] as unknown as (PartitionPosition | undefined)[];
    return isDeepStrictEqual(now, then) || (now !== undefined && (then === undefined || now.offset > then.offset));
  }

  /** Waits until more of a step has come that is to be done again; false when the job is to end instead. */
  async #comes(): Promise<boolean> {
    while (!this.hasMore && !this.#closed) await sleep(AGAIN_MS);
    if (this.#isOutOfPatience()) throw this.#gone();
    return !this.#closed;
  }

  async #takeWaiting({ buffer, state, receivedBy = Infinity }: OpenStep): Promise<boolean> {
    const { clock, receiptAt = anyTime, topic, receivedAt } = this.#options;
    const receipt = receiptAt(receivedAt === 'record' ? this.#newest : Math.min(clock.next(), receivedBy));
    let any = false; // of a block without records the position goes with the next step
    for (let block = this.#feed.first; block && !buffer.full; block = this.#feed.first) {
      const isWhole = this.#takeBlock(block, receipt, buffer);
      any ||= block.ends.length > 0;
      state[`${KAFKA_STATE}${topic}/${block.partition}`] = this.#positions.get(block.partition) as unknown as Json;
      if (!isWhole) break;
      this.#row = 0;
      this.#feed.shift();
    }
    if (any) this.#lastMessageAt = this.#options.now();
    return any;
  }

  async committed(): Promise<void> {
    const stored = new Map<number, number>();
    for (const [partition, position] of this.#positions) {
      if (this.#committed.get(partition) === position) continue;
      this.#committed.set(partition, position);
      stored.set(partition, position.offset);
    }
    this.#feed.stored(stored);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#feed.close();
  }

  /** Takes records as far as there is room; says whether all are taken. */
  #takeBlock(block: RecordBlock, ofStep: Receipt, buffer: StepBuffer): boolean {
    const { decoder, topic, receivedAt, receiptAt = anyTime } = this.#options;
    const { id, partition, bytes, ends, sizes, offsets, timestamps, next } = block;
    const firstRow = buffer.readings.length;
    const at = { from: 0, to: 0 };
    const before = this.#positions.get(partition);
    let row = this.#row;
    let receipt = ofStep;
    let begun = before?.id === id && before.offset === offsets[row] ? before.inRecord : undefined;
    for (; row < ends.length; row++) {
      if (buffer.full) break;
      if (receivedAt === 'record' && timestamps[row] > this.#newest) receipt = receiptAt((this.#newest = timestamps[row]));
      at.from = row === 0 ? 0 : ends[row - 1] + 1;
      at.to = ends[row];
      if (begun !== undefined || sizes[row] !== at.to - at.from || !decoder.takeOne(bytes, at, receipt, buffer)) {
        const source = `${KAFKA_STATE}${topic}/${partition}@${offsets[row]}`;
        const rest = takePayload({ bytes, from: at.from, to: at.to, size: sizes[row], source }, { decoder, receipt, begun }, buffer);
        begun = rest;
        if (rest) break;
      }
    }
    const key = `${topic}/${partition}`;
    buffer.credit({ key: `${KAFKA_STATE}${key}`, name: `${KAFKA_STATE}${key}`, digest: null }, firstRow);
    this.#row = row;
    const isWhole = row === ends.length;
    const offset = isWhole ? next : offsets[row];
    this.#positions.set(partition, { id, offset, ...(begun && { inRecord: begun }) });
    return isWhole;
  }

  #partitions(): PartitionStatus[] {
    return Array.from(this.#feed.ends, ([partition, { next, end }]) => {
      const known = this.#committed.get(partition);
      const offset = known && known.id === this.#feed.id ? known.offset : next;
      return { partition, offset, lag: Math.max(0, end - offset) };
    }).sort((a, b) => a.partition - b.partition);
  }

  #isOutOfPatience(): boolean {
    return this.#feed.awayMs > this.#options.patienceMs;
  }

  #gone(): AppError {
    const { access: { brokers }, topic } = this.#options;
    return new AppError(
      'BROKER_UNAVAILABLE',
      `Kafka at ${brokers.join(', ')} has not answered for a minute: ${this.#feed.lastError ?? 'no answer'}. Nothing is lost: what lies in ` +
      `topic ${topic} is read by the next run`,
    );
  }
}
