import type { Producer } from '@platformatic/kafka';
import type { KafkaAccess } from './access.ts';
import { clientOptions, kafkaLibrary } from './client.ts';

/** A record to send: by its key it comes into the partition that every Kafka client would choose. */
export interface KafkaRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends records to a topic, in order by partition, each once as long as it lives. */
export class KafkaProducer {
  readonly #producer: Producer;
  readonly #topic: string;

  private constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
  }

  static async open(
    access: KafkaAccess,
    { topic, clientId }: { readonly topic: string; readonly clientId: string },
  ): Promise<KafkaProducer> {
    const { Producer: Client, compatibilityPartitioner } = await kafkaLibrary();
    // With fewer than two the client would try for ever, and nobody would hear why.
    const options = { ...clientOptions(access, clientId), retries: 2, retryDelay: 200 };
    return new KafkaProducer(new Client({ ...options, idempotent: true, acks: -1, partitioner: compatibilityPartitioner }), topic);
  }

  /** Asks for the topic: whether it is there and we are let in. */
  async reach(): Promise<void> {
    await this.#producer.metadata({ topics: [this.#topic], forceUpdate: true });
  }

  /** Resolves when all replicas have them. After an error nobody knows which of them arrived. */
  async send(records: readonly KafkaRecord[]): Promise<void> {
    const messages = records.map(({ key, value, headers }) => ({
      topic: this.#topic,
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    }));
    await this.#producer.send({ messages });
  }

  /** Throws nothing. */
  async close(): Promise<void> {
    await Promise.allSettled([(async () => this.#producer.close(true))()]);
  }
}
