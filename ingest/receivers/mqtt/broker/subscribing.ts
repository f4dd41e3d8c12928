import type { Client, Subscription } from 'aedes';
import type { BrokerBounds } from './bounds.ts';
import type { BrokerConnections } from './connections.ts';
import type { RareLog } from '../../../../domain/rareLog.ts';

export interface SubscribingOptions {
  readonly connections: BrokerConnections;
  readonly bounds: BrokerBounds;
  readonly rare: RareLog;
}

/** Answers aedes whether a client may have a subscription: with it, or with null, which the client is told as a failure (0x80). */
export class Subscribing {
  readonly #options: SubscribingOptions;

  constructor(options: SubscribingOptions) {
    this.#options = options;
  }

  ask(client: Client, subscription: Subscription): Subscription | null {
    const { connections, rare } = this.#options;
    const connection = connections.of(client);
    const { topic } = subscription;
    const problem = !connection ? 'its connection is closed' : this.#problem(connection, topic);
    if (connection && problem === undefined) {
      connections.addFilter(connection, topic);
      return subscription;
    }
    rare.say('subscribe', {
      level: 'warn',
      message: `${connection?.who ?? 'a client'} was refused a subscription to ` +
        `${JSON.stringify(topic.slice(0, this.#options.bounds.filterBytes))}: ${problem}`,
    });
    return null;
  }

  /** A client wants some no more. */
  end(client: Client, topics: readonly string[]): void {
    const connection = this.#options.connections.of(client);
    if (connection) for (const topic of topics) this.#options.connections.removeFilter(connection, topic);
  }

  #problem(connection: Parameters<BrokerConnections['addFilter']>[0], topic: string): string | undefined {
    const { bounds, connections } = this.#options;
    const { grant, filters } = connection;
    if (grant?.mayRead(topic) === false) return `user ${grant.user} may not read that`;
    if (filters.has(topic)) return undefined;
    if (Buffer.byteLength(topic) > bounds.filterBytes) return `a filter may have ${bounds.filterBytes} bytes`;
    if (filters.size >= bounds.filters) return `a client may have ${bounds.filters} subscriptions`;
    if (connections.filters >= bounds.allFilters) return `all clients together may have ${bounds.allFilters} subscriptions`;
    if (filters.size === 0 && connections.subscribers >= bounds.subscribers)
      return `there may be ${bounds.subscribers} subscribers`;
    return undefined;
  }
}
