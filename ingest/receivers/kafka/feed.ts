import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../../domain/backoff.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { packBlock, type RecordBlock } from './block.ts';
import type { KafkaAccess } from './access.ts';
import { diagnoseKafka, kafkaError } from './client.ts';
import { KafkaTopic, type TopicLayout, type Wanted } from './topic.ts';

/** Where a partition is read from. */
export interface StoredOffset {
  /** The id of the topic at that time. */
  readonly id: string;
  /** The next offset. */
  readonly offset: number;
}

export interface FeedOptions {
  readonly access: KafkaAccess;
  readonly topic: string;
  readonly group: string;
  readonly clientId: string;
  /** Of which partition alone; undefined for all. */
  readonly partition?: number | undefined;
  /** Tells the cluster how far the table is, where that is not the feed's own business. */
  readonly tell?: ((offsets: Wanted) => Promise<void>) | undefined;
  /** How far the table has a partition; undefined when it has nothing of it, which begins it with the first record there is. */
  readonly stored: (partition: number) => StoredOffset | undefined;
  readonly onLog: (event: LogEvent) => void;
  /** Something has come, or it is known that nothing has. */
  readonly onNews: () => void;
}

/** So many bytes may wait to be taken; what is under way then comes on top of it. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
const BACKOFF = { minMs: 200, maxMs: 5000 };
const COMMIT_MS = 2000;
/** Partitions without a leader are looked at again after that. */
const NO_LEADER_MS = 500;
/** A broker that does not answer holds up the end no longer. */
const CLOSE_MS = 2000;

/** How the feed is: `starting` until the cluster has answered for the first time. */
export type FeedState = 'starting' | 'connected' | 'reconnecting' | 'refused';

/** A partition as the feed reads it. */
interface Cursor {
  /** The next offset to ask for. */
  next: number;
  /** The offset behind the last record that can be read. */
  end: number;
  /** Where reading has to get so that all is read that was there when it began. */
  readonly goal: number;
}

/**
 * Records of all partitions of a topic, fetched in the background into something bounded. Each broker is asked for all of its
 * partitions at a time, and again as soon as it has answered.
 *
 *   brokers ── fetch, each on its own ──► packBlock ──► waiting: RecordBlock[] ── shift ──► the receiver
 *      ▲                                                   │ 16 MiB: nobody is asked meanwhile
 *      └──────────────── as soon as there is room ─────────┘
 */
export class KafkaFeed {
  readonly #options: FeedOptions;
  readonly #cursors = new Map<number, Cursor>();
  readonly #backoff = new Backoff(BACKOFF);
  readonly #stop = new AbortController();
  readonly #waiting: RecordBlock[] = [];
  #waitingBytes = 0;
  #layout: TopicLayout | undefined;
  #state: FeedState = 'starting';
  #lastError: string | undefined;
  #awaySince: number | undefined;
  #running: Promise<void> = Promise.resolve();
  #onRoom: () => void = () => undefined;
  /** What the table has and the cluster was not told yet. */
  #toTell = new Map<number, number>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Begins to fetch. */
  start(): void {
    this.#awaySince = performance.now();
    this.#running = this.#run();
  }

  get state(): FeedState {
    return this.#state;
  }

  /** What went wrong last. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** For how long the cluster has not answered, ms; 0 while it does. */
  get awayMs(): number {
    return this.#awaySince === undefined ? 0 : performance.now() - this.#awaySince;
  }

  /** The topic's id; undefined until the cluster has answered. */
  get id(): string | undefined {
    return this.#layout?.id;
  }

  /** Partitions of which something may be there that was there at the start; 1 until it is known. */
  get behind(): number {
    if (!this.#layout) return 1;
    return [...this.#cursors.values()].filter(({ next, goal }) => next < goal).length;
  }

  /** The block that waits longest. */
  get first(): RecordBlock | undefined {
    return this.#waiting[0];
  }

  /** That one is taken. */
  shift(): void {
    const block = this.#waiting.shift();
    this.#waitingBytes -= block?.bytes.length ?? 0;
    this.#onRoom();
  }

  /** By partition: the next offset to read, and the one behind the last. */
  get ends(): ReadonlyMap<number, { readonly next: number; readonly end: number }> {
    return this.#cursors;
  }

  /** The table has all before these offsets: the cluster is told within seconds, for those who look at lag there. */
  stored(offsets: Wanted): void {
    for (const [partition, offset] of offsets) this.#toTell.set(partition, offset);
  }

  /** Fetches nothing more. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#onRoom();
    await Promise.race([this.#running, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    const { access, topic: name, group, clientId } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      let topic: KafkaTopic | undefined;
      try {
        topic = await KafkaTopic.open(access, { topic: name, group, clientId });
        await this.#resume(topic);
        await this.#fetchOn(topic);
        await this.#tell(topic);
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
      } finally {
        await topic?.close();
      }
      if (!signal.aborted) await sleep(this.#backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Finds out where each partition is read from: behind what waits or is stored. */
  async #resume(topic: KafkaTopic): Promise<void> {
    const layout = await topic.layout(true);
    const [firsts, ends] = [await topic.offsets('earliest'), await topic.offsets('latest')];
    if (this.#layout && this.#layout.id !== layout.id) this.#forget();
    this.#layout = layout;
    for (const partition of layout.leaders.keys()) {
      if (this.#options.partition !== undefined && partition !== this.#options.partition) continue;
      const [first, end] = [firsts[partition], ends[partition]];
      const next = this.#startOf(partition, { first, end });
      this.#cursors.set(partition, { next, end, goal: this.#cursors.get(partition)?.goal ?? end });
    }
    this.#up();
  }

  /** Where to read on; tells of records that are gone. */
  #startOf(partition: number, { first, end }: { readonly first: number; readonly end: number }): number {
    const { topic, stored, onLog } = this.#options;
    const known = stored(partition);
    if (known && known.id !== this.#layout!.id) {
      const message = `Kafka: topic ${topic} was made anew since it was read last: partition ${partition} is read from its beginning`;
      onLog({ level: 'warn', message });
      return first;
    }
    const next = this.#cursors.get(partition)?.next ?? known?.offset;
    if (next === undefined) return first;
    const where = `partition ${partition} of topic ${topic}`;
    if (next < first)
      this.#lost(`records ${next} to ${first - 1} of ${where} were deleted in Kafka before they were read: make the topic's retention longer ` +
        'than wellwatch may be away');
    if (next > end)
      this.#lost(`${where} ends at ${end}, but was read up to ${next} already: Kafka has lost records, as after an unclean election of a ` +
        'leader. What comes now is read from its end on');
    return Math.min(Math.max(next, first), end);
  }

  #lost(sentence: string): void {
    this.#lastError = sentence;
    this.#options.onLog({ level: 'error', message: `Kafka: ${sentence}` });
  }

  /** The topic that was read is gone: what waits of it was there before it went, and is taken all the same. */
  #forget(): void {
    this.#cursors.clear();
  }

  /** Asks every broker, each on its own, until something goes wrong or the feed is closed. */
  async #fetchOn(topic: KafkaTopic): Promise<void> {
    const asked = new Map<number, Promise<void>>();
    let failure: Error | undefined;
    let toldAt = performance.now();
    while (!this.#stop.signal.aborted && failure === undefined) {
      const layout = await topic.layout();
      if (layout.id !== this.#layout!.id || layout.leaders.length !== this.#layout!.leaders.length) await this.#resume(topic);
      for (const [leader, wanted] of byLeader(layout, this.#cursors)) {
        if (asked.has(leader)) continue;
        const note = (error: unknown) => void (failure = error instanceof Error ? error : new Error(String(error)));
        asked.set(leader, this.#ask(topic, leader, wanted).catch(note).finally(() => asked.delete(leader)));
      }
      await Promise.race(asked.size > 0 ? asked.values() : [sleep(NO_LEADER_MS)]);
      if (performance.now() - toldAt > COMMIT_MS) {
        toldAt = performance.now();
        await this.#tell(topic);
      }
      await this.#room();
    }
    await Promise.all(asked.values());
    if (failure !== undefined) throw failure;
  }

  async #ask(topic: KafkaTopic, leader: number, wanted: Wanted): Promise<void> {
    const { id } = this.#layout!;
    for (const answer of await topic.fetch(leader, id, wanted)) {
      const partition = answer.partitionIndex;
      const cursor = this.#cursors.get(partition);
      const from = wanted.get(partition);
      if (!cursor || from === undefined || cursor.next !== from || this.#layout!.id !== id) continue;
      cursor.end = Number(answer.lastStableOffset);
      const block = packBlock(answer, { id, from });
      if (block.next === from) continue;
      cursor.next = block.next;
      this.#waiting.push(block);
      this.#waitingBytes += block.bytes.length;
    }
    this.#up();
  }

  async #room(): Promise<void> {
    while (this.#waitingBytes >= MOST_WAITING_BYTES && !this.#stop.signal.aborted)
      await new Promise<void>((resolve) => (this.#onRoom = resolve));
  }

  /** For those who look at the group's lag; that it failed costs nothing but their picture. */
  async #tell(topic: KafkaTopic): Promise<void> {
    if (this.#toTell.size === 0) return;
    const offsets = this.#toTell;
    this.#toTell = new Map();
    try {
      await (this.#options.tell ?? ((all) => topic.commit(all)))(offsets);
    } catch (error) {
      this.#options.onLog({ level: 'debug', message: `Kafka: the group's offsets could not be told: ${diagnoseKafka(error).reason}` });
    }
  }

  #up(): void {
    this.#state = 'connected';
    this.#awaySince = undefined;
    this.#backoff.reset();
    this.#options.onNews();
  }

  #fail(error: unknown): void {
    const { topic, onLog } = this.#options;
    if (kafkaError(error) === 'OFFSET_OUT_OF_RANGE') return; // the next look at the offsets tells what is gone
    const { reason, refused } = diagnoseKafka(error);
    const before = this.#lastError;
    this.#state = refused ? 'refused' : 'reconnecting';
    this.#awaySince ??= performance.now();
    this.#lastError = reason;
    const message = `Kafka: topic ${topic} can't be read, and is tried again: ${reason}`;
    if (before !== reason) onLog({ level: refused ? 'error' : 'warn', message });
  }
}

/** The partitions of each broker, with the next offset; those without a leader wait for one. */
function byLeader({ leaders }: TopicLayout, cursors: ReadonlyMap<number, Cursor>): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  for (const [partition, { next }] of cursors) {
    const leader = leaders[partition];
    if (leader === undefined || leader < 0) continue;
    const wanted = found.get(leader) ?? new Map<number, number>();
    found.set(leader, wanted.set(partition, next));
  }
  return found;
}
