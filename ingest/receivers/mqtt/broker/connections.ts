import type { Client } from 'aedes';
import type { BrokerConnection } from './connection.ts';

export interface ConnectionBounds {
  /** Connections at a time. */
  readonly most: number;
  /** Of these, such as have not said who they are or are not believed. */
  readonly mostUnknown: number;
  /** Bytes of half packets of all together. */
  readonly heldBytes: number;
  /** Bytes of all that nobody has looked at, above which no more are asked for than are looked at. */
  readonly waitingBytes: number;
  /** Bytes that are unread by one client, beside one message, and by all together. */
  readonly unreadBytes: number;
  readonly allUnreadBytes: number;
  /** ms for which a client may leave unread what is sent to it. */
  readonly stuckMs: number;
}

/** Ends a connection for a reason, to go on after "was disconnected: ". `kind` is for the log: of each a few are told. */
type Drop = (connection: BrokerConnection, kind: string, why: string) => void;

/**
 * The broker's connections, and what all of them hold together. Where there is too much of something, the one that
 * has the most of it goes; where there are too many connections, the one that is worth least.
 */
export class BrokerConnections {
  readonly #bounds: ConnectionBounds;
  readonly #drop: Drop;
  readonly #all = new Set<BrokerConnection>();
  readonly #byClient = new WeakMap<Client, BrokerConnection>();
  #held = 0;
  #waiting = 0;
  #unread = 0;
  #passing = 0;
  #filters = 0;
  #subscribers = 0;

  constructor(bounds: ConnectionBounds, drop: Drop) {
    this.#bounds = bounds;
    this.#drop = drop;
  }

  [Symbol.iterator](): Iterator<BrokerConnection> {
    return this.#all.values();
  }

  /** Messages that aedes has not finished with, those that wait for the journal among them. */
  get passing(): number {
    return this.#passing;
  }

  /** Filters of all subscribers. */
  get filters(): number {
    return this.#filters;
  }

  /** Connections that have a filter. */
  get subscribers(): number {
    return this.#subscribers;
  }

  of(client: Client): BrokerConnection | undefined {
    return this.#byClient.get(client);
  }

  /** Takes one in; another goes when there is no room. */
  add(connection: BrokerConnection): void {
    const { most, mostUnknown } = this.#bounds;
    const unknown = [...this.#all].filter(({ stage }) => stage !== 'in');
    if (unknown.length >= mostUnknown) this.#makeRoom(unknown, `more than ${mostUnknown} connections had not signed in`);
    else if (this.#all.size >= most) this.#makeRoom([...this.#all], `there were more than ${most} connections, and it was the least busy`);
    this.#all.add(connection);
  }

  /** Remembers which client of aedes is on a connection. */
  name(connection: BrokerConnection, client: Client): void {
    connection.client = client;
    this.#byClient.set(client, connection);
  }

  /** One is closed. */
  remove(connection: BrokerConnection): void {
    if (!this.#all.delete(connection)) return;
    connection.close();
    this.#passing -= connection.passing;
    this.#filters -= connection.filters.size;
    if (connection.filters.size > 0) this.#subscribers--;
    connection.filters.clear();
  }

  /** A message of it is on its way through aedes. */
  begin(connection: BrokerConnection): void {
    if (connection.isClosed) return;
    connection.passing++;
    this.#passing++;
  }

  /** It is through. */
  end(connection: BrokerConnection): void {
    if (connection.isClosed) return;
    connection.passing--;
    this.#passing--;
  }

  addFilter(connection: BrokerConnection, filter: string): void {
    if (connection.isClosed || connection.filters.has(filter)) return;
    if (connection.filters.size === 0) this.#subscribers++;
    connection.filters.add(filter);
    this.#filters++;
  }

  removeFilter(connection: BrokerConnection, filter: string): void {
    if (!connection.filters.delete(filter)) return;
    this.#filters--;
    if (connection.filters.size === 0) this.#subscribers--;
  }

  /** Bytes of all that nobody has looked at became more or less. */
  wait(by: number): void {
    this.#waiting += by;
  }

  mayRead(): boolean {
    return this.#waiting <= this.#bounds.waitingBytes;
  }

  /** Half packets of all became more or less. */
  hold(by: number): void {
    this.#held += by;
    if (by > 0 && this.#held > this.#bounds.heldBytes) {
      const largest = this.#largest(({ heldBytes }) => heldBytes);
      if (largest) this.#drop(largest, 'half packets', `half packets of all clients came to more than ${mib(this.#bounds.heldBytes)}, ` +
        'and its was the largest');
    }
  }

  /** What is unread of all became more or less. */
  leaveUnread(connection: BrokerConnection, by: number): void {
    this.#unread += by;
    if (by <= 0) return;
    const { unreadBytes, allUnreadBytes } = this.#bounds;
    // What was unread before: a message may be as long as it wants to be.
    if (connection.unreadBytes - by > unreadBytes)
      this.#drop(connection, 'unread', `it left what was sent to it unread, more than ${mib(unreadBytes)}`);
    else if (this.#unread > allUnreadBytes) {
      const largest = this.#largest(({ unreadBytes: unread }) => unread);
      if (largest)
        this.#drop(largest, 'unread', 'it left what was sent to it unread, the most of all clients, which together had ' +
          `${mib(allUnreadBytes)}`);
    }
  }

  /** To be called now and then: drops those that read nothing. `now` is of the clock of {@link BrokerConnection.since}. */
  sweep(now: number): void {
    for (const connection of this.#all) {
      if (!connection.isStuck()) connection.movedAt = now;
      else if (now - connection.movedAt >= this.#bounds.stuckMs)
        this.#drop(connection, 'unread', `it left what was sent to it unread for ${this.#bounds.stuckMs} ms`);
    }
  }

  #largest(size: (connection: BrokerConnection) => number): BrokerConnection | undefined {
    let largest: BrokerConnection | undefined;
    for (const connection of this.#all) if (!largest || size(connection) > size(largest)) largest = connection;
    return largest;
  }

  #makeRoom(among: readonly BrokerConnection[], why: string): void {
    const least = among.reduce((a, b) => (isWorthLess(b, a) ? b : a));
    this.#drop(least, 'room', why);
  }
}

/** Refused, silent, unanswered, idle, subscriber, publisher: within each, who was quiet the longest is worth least. */
function isWorthLess(a: BrokerConnection, b: BrokerConnection): boolean {
  const [rankA, rankB] = [rank(a), rank(b)];
  return rankA === rankB ? a.activeAt < b.activeAt : rankA < rankB;
}

function rank({ stage, filters, taken }: BrokerConnection): number {
  if (stage !== 'in') return ['refused', 'new', 'checked'].indexOf(stage);
  return taken > 0 ? 5 : filters.size > 0 ? 4 : 3;
}

function mib(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}
