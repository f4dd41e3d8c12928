import type { Json } from '../../../storage/table/state.ts';
import type { KafkaAccess } from '../../receivers/kafka/access.ts';
import { preloadKafka } from '../../receivers/kafka/client.ts';
import { KafkaFeed, type StoredOffset } from '../../receivers/kafka/feed.ts';
import type { StreamSource } from '../source.ts';
import { StateMap } from '../stateMap.ts';

export interface KafkaSourceOptions extends KafkaAccess {
  readonly topic: string;
  /** Under which the cluster is told how far a program is, for those who look at lag there; told to nobody without it. */
  readonly group?: string;
  readonly name?: string;
}

export interface KafkaTextOptions extends KafkaSourceOptions {
  /** Records of a batch at most; by default 65,536. */
  readonly maxRecords?: number;
}

/**
 * The values of a topic's records as text, all partitions, each in order: what the courses call a direct stream. Positions are
 * the source's state and commit with the program's, so each record counts once over crashes. A program without a checkpoint begins
 * with the first record that is there. Bytes that are no UTF-8 become U+FFFD; a record without a value is left out.
 */
export function kafkaText({ topic, group, name, maxRecords = 65_536, ...access }: KafkaTextOptions): StreamSource<string> {
  const positions = new StateMap<string, Json>();
  let feed: KafkaFeed | undefined;
  preloadKafka();
  let row = 0;
  return {
    kind: `kafkaText(${topic})`,
    name,
    state: { positions },
    start(onEvent, onError) {
      feed = new KafkaFeed({
        access, topic, group: group ?? NO_GROUP, clientId: 'wellwatch-stream',
        stored: (partition) => positions.get(String(partition)) as unknown as StoredOffset | undefined,
        onNews: () => undefined,
        onLog(event) {
          onEvent(event);
          if (event.level === 'warn' || event.level === 'error') onError(event.message);
        },
      });
      feed.start();
    },
    take(_, limit = Infinity) {
      const texts: string[] = [];
      const most = Math.min(limit, maxRecords);
      for (let block = feed?.first; block && texts.length < most; block = feed?.first) {
        const { id, partition, bytes, ends, sizes, offsets } = block;
        for (; row < ends.length && texts.length < most; row++)
          if (sizes[row] > 0) texts.push(bytes.toString('utf8', row === 0 ? 0 : ends[row - 1] + 1, ends[row]));
        const isWhole = row === ends.length;
        positions.set(String(partition), { id, offset: isWhole ? block.next : offsets[row] });
        if (!isWhole) break;
        row = 0;
        feed?.shift();
      }
      return texts;
    },
    committed() {
      if (group === undefined) return;
      const told = Array.from(positions, ([partition, at]) => [Number(partition), (at as unknown as StoredOffset).offset] as const);
      feed?.stored(new Map(told));
    },
    close: () => feed?.close(),
  };
}

const NO_GROUP = 'wellwatch-stream';
