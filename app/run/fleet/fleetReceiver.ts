import type { KafkaStatus } from '../../../ingest/receivers/kafka/receiver.ts';
import type { KafkaReceiverConfig } from '../../config/types.ts';
import { topicAt } from '../startingReceivers.ts';

/** What the worse of two states is comes first. */
const WORST_FIRST: readonly KafkaStatus['state'][] = ['refused', 'reconnecting', 'starting', 'connected'];

/** The partitions that a worker has as one receiver, for whoever shows it. */
export class FleetReceiver {
  readonly name = 'kafka';
  readonly #kafka: KafkaReceiverConfig;
  readonly #statuses: () => readonly (KafkaStatus | undefined)[];

  constructor(kafka: KafkaReceiverConfig, statuses: () => readonly (KafkaStatus | undefined)[]) {
    this.#kafka = kafka;
    this.#statuses = statuses;
  }

  status(): KafkaStatus {
    const all = this.#statuses().flatMap((status) => status ?? []);
    if (all.length === 0) return topicAt(this.#kafka);
    const lags = all.map(({ lag }) => lag);
    const times = all.flatMap(({ lastMessageAt }) => lastMessageAt ?? []);
    return {
      ...all[0],
      state: WORST_FIRST.find((state) => all.some((one) => one.state === state))!,
      lag: lags.includes(null) ? null : lags.reduce<number>((sum, lag) => sum + (lag ?? 0), 0),
      partitions: all.flatMap(({ partitions }) => partitions).sort((a, b) => a.partition - b.partition),
      lastMessageAt: times.sort().at(-1) ?? null,
      lastError: all.flatMap(({ lastError }) => lastError ?? [])[0] ?? null,
    };
  }
}
