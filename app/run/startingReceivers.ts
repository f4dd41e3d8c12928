import type { DirectoryStatus } from '../../ingest/receivers/directory/receiver.ts';
import type { KafkaStatus } from '../../ingest/receivers/kafka/receiver.ts';
import type { Config, KafkaConfig } from '../config/types.ts';
import type { Receivers } from './jobReports.ts';

/** What is said of the configured pull receivers until the job's thread tells how they are: a line for each. */
export function startingReceivers({ receivers: { directory, kafka } }: Config): Receivers {
  return {
    ...(directory && { directory: inboxAt(directory.path) }),
    ...(kafka && { kafka: topicAt(kafka) }),
  };
}

/** A topic of which nothing is known yet. */
export function topicAt({ brokers, topic }: KafkaConfig): KafkaStatus {
  const nothing = { lag: null, partitions: [], lastMessageAt: null, lastError: null };
  return { state: 'starting', url: `kafka://${brokers.join(',')}`, topic, ...nothing };
}

function inboxAt(path: string): DirectoryStatus {
  return { state: 'starting', path, file: null, lastMessageAt: null, lastError: null };
}
