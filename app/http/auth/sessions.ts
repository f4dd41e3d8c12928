import { createHash, randomBytes } from 'node:crypto';

/** How long a sign-in lasts, in ms. */
export const SESSION_MS = 12 * 3_600_000;
const MOST_SESSIONS = 1000;

interface Session {
  /** Hash of the token that opened it: it ends with its token. */
  readonly tokenHash: string;
  readonly expiresAt: number;
}

/** Who is signed in, in memory: a restart signs everybody out. When there are too many, the oldest goes. */
export class Sessions {
  readonly #now: () => number;
  /** By digest of their id, oldest first; a look-up's duration tells nothing of an id. */
  readonly #sessions = new Map<string, Session>();

  /** `now` gives ms since 1970-01-01T00:00Z. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Opens a session for the token with this hash, and gives its id of 256 random bits. */
  open(tokenHash: string): string {
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(digest(id), { tokenHash, expiresAt: this.#now() + SESSION_MS });
    for (const [oldest] of this.#sessions) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return id;
  }

  /** The hash of the token of a session that lasts, or undefined. */
  find(id: string): string | undefined {
    const key = digest(id);
    const session = this.#sessions.get(key);
    if (!session) return undefined;
    if (session.expiresAt > this.#now()) return session.tokenHash;
    this.#sessions.delete(key);
    return undefined;
  }

  close(id: string): void {
    this.#sessions.delete(digest(id));
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
