import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { BrokerAccess, Grant } from '../../ingest/receivers/mqtt/broker/access.ts';
import { covers, topicMatcher } from '../../ingest/receivers/mqtt/topicFilter.ts';
import { statAt } from '../../storage/files/statAt.ts';
import { type BrokerUser, OWN_NAME, readBrokerUsers } from './brokerUsers.ts';
import { isPassword, isSlow } from './passwords.ts';

/**
 * Sign-ins with a password that takes time to look at, waiting at once. They are looked at one by one: the journal
 * shares their threads.
 */
const MOST_WAITING = 16;
/** The file is looked at no more often for connections that are there, ms. */
const LOOK_MS = 500;

/** The users of a file, read again whenever it has changed. One that is broken or gone leaves those that were known. */
export class BrokerUserFile implements BrokerAccess {
  readonly #path: string;
  readonly #onLog: (event: LogEvent) => void;
  #users = new Map<string, { readonly user: BrokerUser; readonly text: string }>();
  /** What the file looked like when it was read. */
  #version: string | undefined;
  #lookedAt = -Infinity;
  readonly #granted = new WeakMap<Grant, string>();
  /** Of each user the password that was right last, under a key of this process: who comes again need not wait. */
  readonly #right = new Map<string, Buffer>();
  readonly #key = randomBytes(32);
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, onLog: (event: LogEvent) => void) {
    this.#path = path;
    this.#onLog = onLog;
  }

  /** Reads the file for the first time. Throws CONFIG when it can't be used. */
  open(): void {
    this.#version = this.#look();
    this.#take(readBrokerUsers(this.#path));
  }

  async signIn(name: string, password: Buffer): Promise<Grant | undefined> {
    this.#refresh();
    const known = this.#users.get(name);
    if (!known || !(await this.#isRight(known.user, password))) return undefined;
    const grant = grantOf(known.user);
    this.#granted.set(grant, known.text);
    return grant;
  }

  holds(grant: Grant): boolean {
    if (performance.now() - this.#lookedAt > LOOK_MS) this.#refresh();
    return grant.user !== undefined && this.#users.get(grant.user)?.text === this.#granted.get(grant);
  }

  async #isRight({ name, hash }: BrokerUser, password: Buffer): Promise<boolean> {
    if (!isSlow(hash)) return isPassword(password, hash);
    const mark = createHmac('sha256', this.#key).update(`${hash}\n`).update(password).digest();
    const right = this.#right.get(name);
    if (right && timingSafeEqual(right, mark)) return true;
    if (this.#waiting >= MOST_WAITING) throw new Error('too many sign in at once');
    this.#waiting++;
    const looked = this.#turn.then(() => isPassword(password, hash));
    this.#turn = looked.catch(() => false);
    try {
      const isRight = await looked;
      if (isRight) this.#right.set(name, mark);
      return isRight;
    } finally {
      this.#waiting--;
    }
  }

  #refresh(): void {
    const version = this.#look();
    if (version === this.#version) return;
    this.#version = version;
    try {
      this.#take(readBrokerUsers(this.#path));
      this.#onLog({ level: 'info', message: 'the users of the embedded broker were read anew: ' +
        `${[...this.#users.keys()].join(', ') || 'none, so nobody gets in'}` });
    } catch (error) {
      this.#onLog({ level: 'error', message: `${messageOf(error)}. Until then the users that were there before hold` });
    }
  }

  #take(users: readonly BrokerUser[]): void {
    this.#users = new Map(users.map((user) => [user.name, { user, text: JSON.stringify(user) }]));
    this.#right.clear();
  }

  /** What changes when somebody writes the file. */
  #look(): string {
    this.#lookedAt = performance.now();
    try {
      const stat = statAt(this.#path);
      return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : 'absent';
    } catch (error) {
      return messageOf(error); // reading it says what to do
    }
  }
}

function grantOf({ name, publish, read }: BrokerUser): Grant {
  const own = (filter: string) => filter.replaceAll(OWN_NAME, name);
  const topics = publish.map((filter) => topicMatcher(own(filter)));
  const filters = read.map(own);
  return {
    user: name,
    mayPublish: (topic) => topics.some((matches) => matches(topic)),
    mayRead: (filter) => filters.some((allowed) => covers(allowed, filter)),
  };
}
