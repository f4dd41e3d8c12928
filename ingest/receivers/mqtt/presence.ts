import { messageOf } from '../../../domain/errors.ts';
import type { BrokerTerms } from './brokerTerms.ts';
import type { JournalledClient, PublishTerms } from './client.ts';
import { withinDeadline } from './deadline.ts';

/** Tells at a broker whether a client is there: `online`, and `offline` by itself or by its last will, as the broker allows it. */
export class Presence {
  readonly topic: string;
  readonly #terms: BrokerTerms;
  #unanswered = false;

  constructor(clientId: string, terms: BrokerTerms) {
    this.topic = statusTopic(clientId);
    this.#terms = terms;
  }

  /** Whether the last message was not acknowledged yet. */
  get unanswered(): boolean {
    return this.#unanswered;
  }

  /** The connection is over. */
  lost(): void {
    this.#unanswered = false;
  }

  /** What the broker publishes when we vanish; undefined where nothing may be published. */
  get will(): (PublishTerms & { readonly topic: string; readonly payload: string }) | undefined {
    const { publish } = this.#terms;
    return publish && { ...publish, topic: this.topic, payload: 'offline' };
  }

  /** Publishes `online`. Never rejects: a broker that refuses is remembered. */
  async online(client: JournalledClient): Promise<void> {
    await this.#publish(client, 'online');
  }

  /** Publishes `offline` and waits for its acknowledgement, no longer than `ms`. Never rejects. */
  async offline(client: JournalledClient, ms: number): Promise<void> {
    await withinDeadline(this.#publish(client, 'offline'), ms);
  }

  async #publish(client: JournalledClient, payload: string): Promise<void> {
    const { publish } = this.#terms;
    if (!publish) return;
    this.#unanswered = true;
    try {
      await client.publish(this.topic, payload, publish);
    } catch (error) {
      if (!client.connected) return; // it shows in unanswered
      this.#terms.mayNotPublish(this.topic, messageOf(error));
    }
    this.#unanswered = false;
  }
}

/** Whether a topic is one where a wellwatch tells of itself, which are no readings. */
export function isOwnTopic(topic: string): boolean {
  return topic.startsWith('wellwatch/') && /^wellwatch\/[^/]+\/(status|heartbeat)$/.test(topic);
}

/** Where a client tells whether it is there: `online` or `offline`, retained where the broker can. */
export function statusTopic(clientId: string): string {
  return `wellwatch/${clientId}/status`;
}
