import type { Admin, Consumer } from '@platformatic/kafka';
import type { KafkaAccess } from './access.ts';
import { kafkaLibrary, openAdmin, openConsumer } from './client.ts';

/** What a fetch gave of a partition. */
export type FetchResponsePartition = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number];

/** A topic as its cluster has it now. */
export interface TopicLayout {
  /** A topic that is made anew under its old name has another one. */
  readonly id: string;
  /** By partition: the broker that has it. */
  readonly leaders: readonly number[];
}

/** What is read, and who says that he reads it. */
export interface TopicReader {
  readonly topic: string;
  readonly group: string;
  readonly clientId: string;
}

/** What is wanted of one broker: the next offset by partition. */
export type Wanted = ReadonlyMap<number, number>;

/** So much of a partition in one answer, bytes; a larger batch comes whole all the same. */
const PARTITION_BYTES = 1024 * 1024;
const ANSWER_BYTES = 8 * 1024 * 1024;
/** So long a broker waits for something to come. */
const WAIT_MS = 500;
/** `ListOffsets` takes these for times. */
const ENDS = { earliest: -2n, latest: -1n } as const;

/** One topic of a cluster, of which partitions are read from where one says. Every call throws what the client throws. */
export class KafkaTopic {
  readonly name: string;
  readonly group: string;
  readonly #consumer: Consumer;
  readonly #admin: Admin;

  private constructor(name: string, group: string, clients: { readonly consumer: Consumer; readonly admin: Admin }) {
    this.name = name;
    this.group = group;
    this.#consumer = clients.consumer;
    this.#admin = clients.admin;
  }

  /** Makes the clients; they connect when they are asked. */
  static async open(access: KafkaAccess, { topic, group, clientId }: TopicReader): Promise<KafkaTopic> {
    const consumer = await openConsumer(access, { clientId, group });
    consumer.topics.track(topic);
    return new KafkaTopic(topic, group, { consumer, admin: await openAdmin(access, clientId) });
  }

  /** Asked again after some seconds, or at once with `fresh`. */
  async layout(fresh = false): Promise<TopicLayout> {
    const { topics } = await this.#consumer.metadata({ topics: [this.name], forceUpdate: fresh });
    const { id, partitions } = topics.get(this.name)!;
    return { id, leaders: partitions.map(({ leader }) => leader) };
  }

  /** The first offset that is there, or the one behind the last, by partition. */
  async offsets(end: keyof typeof ENDS): Promise<number[]> {
    const offsets = await this.#consumer.listOffsets({ topics: [this.name], timestamp: ENDS[end] });
    return Array.from(offsets.get(this.name)!, Number);
  }

  /** What a broker has of its partitions from the wanted offsets on; waits half a second for something to come. */
  async fetch(leader: number, id: string, wanted: Wanted): Promise<FetchResponsePartition[]> {
    const partitions = Array.from(wanted, ([partition, offset]) => ({
      partition, fetchOffset: BigInt(offset), partitionMaxBytes: PARTITION_BYTES, currentLeaderEpoch: -1, lastFetchedEpoch: -1,
    }));
    const { responses } = await this.#consumer.fetch({
      node: leader, topics: [{ topicId: id, partitions }], maxBytes: ANSWER_BYTES, maxWaitTime: WAIT_MS, minBytes: 1,
    });
    return responses.flatMap((response) => response.partitions);
  }

  /** Tells the cluster how far we are, for those who look at lag there; we ourselves never ask. */
  async commit(offsets: Wanted): Promise<void> {
    const partitionOffsets = Array.from(offsets, ([partition, offset]) => ({ partition, offset: BigInt(offset) }));
    await this.#admin.alterConsumerGroupOffsets({ groupId: this.group, topics: [{ name: this.name, partitionOffsets }] });
  }

  /** What the group was told last, by partition; a partition that nobody has told of is absent. */
  async told(): Promise<Map<number, number>> {
    const partitionIndexes = Array.from((await this.layout()).leaders.keys());
    const groups = await this.#admin.listConsumerGroupOffsets({ groups: [{ groupId: this.group, topics: [{ name: this.name, partitionIndexes }] }] });
    const partitions = groups.flatMap(({ topics }) => topics).flatMap((topic) => topic.partitions);
    return new Map(partitions.flatMap(({ partitionIndex, committedOffset }) => committedOffset < 0n ? [] : [[partitionIndex, Number(committedOffset)]]));
  }

  /** For how long records are kept, ms; Infinity for ever. Throws where we may not ask. */
  async retentionMs(): Promise<number> {
    const { ConfigResourceTypes } = await kafkaLibrary();
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: this.name, configurationKeys: ['retention.ms'] };
    const [{ configs }] = await this.#admin.describeConfigs({ resources: [resource] });
    const ms = Number(configs.find(({ name }) => name === 'retention.ms')?.value ?? -1);
    return ms < 0 ? Infinity : ms;
  }

  /** Closes what is open; throws nothing. */
  async close(): Promise<void> {
    const [consumer, admin] = [this.#consumer, this.#admin];
    await Promise.allSettled([(async () => consumer.close(true))(), (async () => admin.close())()]);
  }
}
