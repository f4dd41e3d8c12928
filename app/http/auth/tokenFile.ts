import { createHash, timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { messageOf } from '../../../domain/errors.ts';
import type { JobEvent } from '../../../ingest/source.ts';
import { readTokens, type StoredToken } from '../../tokens.ts';

/** The tokens of a file, read again whenever it has changed. */
export class TokenFile {
  readonly #path: string;
  readonly #onEvent: (event: JobEvent) => void;
  #tokens: readonly StoredToken[] = [];
  /** What the file looked like when it was read: undefined before, `absent` without one. */
  #version: string | undefined;

  constructor(path: string, onEvent: (event: JobEvent) => void) {
    this.#path = path;
    this.#onEvent = onEvent;
  }

  /**
   * The tokens as they are now. Throws CONFIG when the file can't be used the first time; later the last good ones
   * stay, because a broken file must not open what they close.
   */
  get tokens(): readonly StoredToken[] {
    const version = versionOf(this.#path);
    if (version === this.#version) return this.#tokens;
    try {
      this.#tokens = readTokens(this.#path);
    } catch (error) {
      if (this.#version === undefined) throw error;
      this.#onEvent({ level: 'error', message: `${messageOf(error)}. Until then the tokens that were there before hold` });
    }
    this.#version = version;
    return this.#tokens;
  }

  /** The token that was presented, or undefined. All are compared, in constant time. */
  find(presented: string): StoredToken | undefined {
    const digest = createHash('sha256').update(presented).digest();
    let found: StoredToken | undefined;
    for (const token of this.tokens) if (timingSafeEqual(digest, Buffer.from(token.hash, 'hex'))) found = token;
    return found;
  }
}

/** What changes when somebody writes the file. */
function versionOf(path: string): string {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : 'absent';
  } catch (error) {
    return messageOf(error); // reading it says what to do
  }
}
