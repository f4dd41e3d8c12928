import { timingSafeEqual } from 'node:crypto';
import { messageOf } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { hashOf, readTokens, type StoredToken } from '../../access/tokens.ts';
import { statAt } from '../../../storage/files/statAt.ts';

const ABSENT = 'absent';

export interface TokenFileOptions {
  readonly onLog: (event: LogEvent) => void;
  /** Those that held before this began, if there ever were any. */
  readonly known?: readonly StoredToken[] | undefined;
  /** Told the tokens that hold from now on, each time, once there were some. */
  readonly onTokens?: ((tokens: readonly StoredToken[]) => void) | undefined;
}

/** The tokens of a file, read again whenever it has changed. Once there were some, it never lets everybody in again. */
export class TokenFile {
  readonly #path: string;
  readonly #options: TokenFileOptions;
  #tokens: readonly StoredToken[];
  #hadTokens: boolean;
  /** What the file looked like when it was read: undefined before, `absent` without one. */
  #version: string | undefined;

  constructor(path: string, options: TokenFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#tokens = options.known ?? [];
    this.#hadTokens = options.known !== undefined;
  }

  /**
   * The tokens as they are now. Throws CONFIG when the file can't be used the first time and none were known; later the
   * last good ones stay when it is broken or gone. One of which the last was removed has none.
   */
  get tokens(): readonly StoredToken[] {
    const version = versionOf(this.#path);
    if (version === this.#version) return this.#tokens;
    try {
      this.#take(readTokens(this.#path), version);
    } catch (error) {
      if (this.#version === undefined && !this.#hadTokens) throw error;
      this.#keep(`${messageOf(error)}. Until then`);
    }
    this.#version = version;
    return this.#tokens;
  }

  /** Whether nobody needs a token, as far as the file goes: it has none, and had none before. Throws as {@link tokens}. */
  get isOpen(): boolean {
    return this.tokens.length === 0 && !this.#hadTokens;
  }

  /** The token that was presented, or undefined. All are compared, in constant time. */
  find(presented: string): StoredToken | undefined {
    const digest = Buffer.from(hashOf(presented), 'hex');
    let found: StoredToken | undefined;
    for (const token of this.tokens) if (timingSafeEqual(digest, Buffer.from(token.hash, 'hex'))) found = token;
    return found;
  }

  #take(tokens: readonly StoredToken[], version: string): void {
    this.#hadTokens ||= tokens.length > 0;
    if (!this.#hadTokens) return;
    if (version === ABSENT && tokens.length === 0)
      return this.#keep(
        `http.tokens: expected ${this.#path}, which is gone. Restore it, or start wellwatch again to do without tokens. Until then`,
      );
    this.#tokens = tokens;
    this.#options.onTokens?.(tokens);
    if (tokens.length === 0) {
      this.#options.onLog({
        level: 'error',
        message:
          `http.tokens: expected a token in ${this.#path}, of which the last was removed. Nobody is let in until "wellwatch token ` +
          'add" makes another, or wellwatch is started again',
      });
    }
  }

  #keep(why: string): void {
    this.#options.onLog({ level: 'error', message: `${why} the tokens that were there before hold` });
  }
}

/** What changes when somebody writes the file. */
function versionOf(path: string): string {
  try {
    const stat = statAt(path);
    return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : ABSENT;
  } catch (error) {
    return messageOf(error); // reading it says what to do
  }
}
