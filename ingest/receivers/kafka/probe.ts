import { packBlock } from './block.ts';
import type { KafkaAccess } from './access.ts';
import { diagnoseKafka } from './client.ts';
import { KafkaTopic, type TopicReader } from './topic.ts';

/** What a look at a topic found. */
export interface KafkaProbe {
  readonly partitions: number;
  /** Records that the group has not been told to be stored. */
  readonly lag: number;
  /** The time of the oldest of them, ms since 1970-01-01T00:00Z; undefined where there is none. */
  readonly oldest: number | undefined;
  /** For how long records are kept, ms; undefined where we may not ask. */
  readonly retentionMs: number | undefined;
  /** What does not work although rows come, as sentences. */
  readonly notes: readonly string[];
}

/** Does at a cluster what the receiver will do, and takes nothing: finds the topic, reads a record, asks for the group. Throws what the client throws. */
export async function probeKafka(access: KafkaAccess, reader: Omit<TopicReader, 'clientId'>): Promise<KafkaProbe> {
  const topic = await KafkaTopic.open(access, { ...reader, clientId: 'wellwatch-doctor' });
  const notes: string[] = [];
  const unless = <T>(doing: string) => (error: unknown): T | undefined => void notes.push(`${doing}: ${diagnoseKafka(error).reason}`);
  try {
    const { id, leaders } = await topic.layout(true);
    const [firsts, ends] = [await topic.offsets('earliest'), await topic.offsets('latest')];
    const told = (await topic.told().catch(unless<Map<number, number>>(`the group ${reader.group} can't be told how far we are`))) ?? new Map<number, number>();
    let oldest: number | undefined;
    let lag = 0;
    for (const [partition, leader] of leaders.entries()) {
      const next = Math.max(told.get(partition) ?? 0, firsts[partition]);
      lag += ends[partition] - next;
      if (next >= ends[partition]) continue;
      const [answer] = await topic.fetch(leader, id, new Map([[partition, next]]));
      const { timestamps } = packBlock(answer, { id, from: next });
      if (timestamps.length > 0) oldest = Math.min(oldest ?? Infinity, timestamps[0]);
    }
    const without = leaders.filter((leader) => leader < 0).length;
    if (without > 0) notes.push(`${without} of ${leaders.length} partitions have no leader: their brokers are away`);
    const retentionMs = await topic.retentionMs().catch(unless<number>('how long the topic keeps records is not known'));
    return { partitions: leaders.length, lag, oldest, retentionMs, notes };
  } finally {
    await topic.close();
  }
}
