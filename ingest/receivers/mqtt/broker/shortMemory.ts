import { Readable } from 'node:stream';
import type { Client } from 'aedes';

/** As much of a packet as matters here. */
interface Numbered {
  readonly messageId: number;
}

/** How aedes learns that a message is a new one. One for all: each would cost more than its message, because of its stack. */
const NEW = new Error('no such packet');

/**
 * The memory that aedes asks for, with nothing in it that can grow: no retained messages, no sessions, no queues for
 * absent or slow subscribers, no wills beside the connection's own. It knows only which QoS 2 messages of a client
 * were taken and not released yet, by id: a number each, never the message.
 */
export class ShortMemory {
  readonly #open = new Map<Client, Set<number>>();
  readonly #mostOpen: number;
  readonly #onTooMany: (client: Client) => void;
  #count = 0;

  /** `onTooMany` gets the client with the most open QoS 2 messages whenever all together have more than `mostOpen`. It must end it. */
  constructor({ mostOpen, onTooMany }: { readonly mostOpen: number; readonly onTooMany: (client: Client) => void }) {
    this.#mostOpen = mostOpen;
    this.#onTooMany = onTooMany;
  }

  /** Rejects when the message is not open. */
  async incomingGetPacket(client: Client, { messageId }: Numbered): Promise<Numbered> {
    if (!this.#open.get(client)?.has(messageId)) throw NEW;
    return { messageId };
  }

  async incomingStorePacket(client: Client, { messageId }: Numbered): Promise<void> {
    if (client.closed) return; // nobody would forget it
    const ids = this.#open.get(client) ?? new Set();
    this.#open.set(client, ids);
    this.#count += ids.has(messageId) ? 0 : 1;
    ids.add(messageId);
    if (this.#count > this.#mostOpen) this.#dropLargest();
  }

  async incomingDelPacket(client: Client, { messageId }: Numbered): Promise<void> {
    if (this.#open.get(client)?.delete(messageId)) this.#count--;
  }

  async cleanIncoming(client: Client): Promise<void> {
    this.forget(client);
  }

  /** Forgets what is open for a client that is gone. */
  forget(client: Client): void {
    this.#count -= this.#open.get(client)?.size ?? 0;
    this.#open.delete(client);
  }

  #dropLargest(): void {
    const [largest] = [...this.#open].reduce((a, b) => (b[1].size > a[1].size ? b : a));
    this.forget(largest);
    this.#onTooMany(largest);
  }

  async setup(): Promise<void> {}
  async destroy(): Promise<void> {}
  async storeRetained(): Promise<void> {}
  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  async outgoingClearMessageId(): Promise<void> {}
  async putWill(): Promise<void> {}
  async getWill(): Promise<void> {}
  async delWill(): Promise<void> {}

  async subscriptionsByClient(): Promise<never[]> {
    return [];
  }

  async subscriptionsByTopic(): Promise<never[]> {
    return [];
  }

  createRetainedStream(): Readable {
    return Readable.from([]);
  }

  createRetainedStreamCombi(): Readable {
    return Readable.from([]);
  }

  outgoingStream(): Readable {
    return Readable.from([]);
  }

  streamWill(): Readable {
    return Readable.from([]);
  }
}
