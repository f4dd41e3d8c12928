import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from '@platformatic/kafka';
import { Backoff } from '../../../domain/backoff.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { KafkaAccess } from './access.ts';
import { clientOptions, diagnoseKafka, kafkaLibrary } from './client.ts';

export interface MemberOptions {
  readonly access: KafkaAccess;
  readonly topic: string;
  readonly group: string;
  readonly clientId: string;
  /** So long the group waits for a sign of life before it gives our partitions to others, ms. */
  readonly sessionMs: number;
  /** The group has given us these partitions, and no others. */
  readonly onAssigned: (partitions: readonly number[]) => void;
  readonly onLog: (event: LogEvent) => void;
}

const BACKOFF = { minMs: 200, maxMs: 5000 };
const LOOK_MS = 250;
const HEARTBEATS_A_SESSION = 6;
/** A broker that does not answer holds up the end no longer. */
const CLOSE_MS = 2000;

/**
 * A member of a consumer group, for its share of the partitions alone: what is read from where is not its business. The group's word
 * is no lock: a member that was thought dead may believe that it still has a partition, so whoever writes has to be fenced.
 */
export class GroupMember {
  readonly #options: MemberOptions;
  readonly #stop = new AbortController();
  readonly #backoff = new Backoff(BACKOFF);
  #consumer: Consumer | undefined;
  #joinedAt = -Infinity;
  #running: Promise<void> = Promise.resolve();
  #said: string | undefined;

  constructor(options: MemberOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** When the group last said that our partitions are ours: ms since 1970-01-01T00:00Z. */
  get heardAt(): number {
    return Math.max(this.#joinedAt, this.#consumer?.lastHeartbeat?.getTime() ?? -Infinity);
  }

  /** Tells the group how far partitions are stored, for those who look at lag. Throws what the client throws. */
  async tell(offsets: ReadonlyMap<number, number>): Promise<void> {
    const { topic } = this.#options;
    await this.#consumer?.commit({
      offsets: Array.from(offsets, ([partition, offset]) => ({ topic, partition, offset: BigInt(offset), leaderEpoch: -1 })),
    });
  }

  /** Leaves the group, so that others have our partitions at once. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#running, sleep(CLOSE_MS, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#belong();
      } catch (error) {
        this.#fail(error);
      }
      if (!signal.aborted) await sleep(this.#backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Joins, and stays until something goes wrong or the end. */
  async #belong(): Promise<void> {
    const { access, topic, group, clientId, sessionMs } = this.#options;
    const { Consumer: Client } = await kafkaLibrary();
    const session = { sessionTimeout: sessionMs, rebalanceTimeout: sessionMs, heartbeatInterval: Math.floor(sessionMs / HEARTBEATS_A_SESSION) };
    const consumer = new Client({ ...clientOptions(access, clientId), groupId: group, ...session });
    let failure: Error | undefined;
    consumer.on('error', (error: unknown) => (failure ??= error instanceof Error ? error : new Error(String(error))));
    consumer.on('consumer:group:join', () => this.#assigned(consumer));
    this.#consumer = consumer;
    try {
      consumer.topics.track(topic);
      await consumer.joinGroup(session);
      while (!this.#stop.signal.aborted && failure === undefined) await sleep(LOOK_MS);
      if (failure !== undefined) throw failure;
    } finally {
      await Promise.race([(async () => consumer.close(true))().catch(() => undefined), sleep(CLOSE_MS, undefined, { ref: false })]);
    }
  }

  #assigned({ assignments }: Consumer): void {
    const { topic, onAssigned, onLog } = this.#options;
    this.#joinedAt = Date.now();
    this.#backoff.reset();
    if (this.#said !== undefined) onLog({ level: 'info', message: 'Kafka: in the group again' });
    this.#said = undefined;
    onAssigned((assignments ?? []).filter((one) => one.topic === topic).flatMap(({ partitions }) => partitions));
  }

  #fail(error: unknown): void {
    const { reason, refused } = diagnoseKafka(error);
    if (reason !== this.#said)
      this.#options.onLog({ level: refused ? 'error' : 'warn', message: `Kafka: the group ${this.#options.group} can't be joined, and is tried again: ${reason}` });
    this.#said = reason;
  }
}
