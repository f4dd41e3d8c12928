import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { whyNot } from '../files/diskProblem.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { OutboxState } from '../../domain/notify/message.ts';
import { moveIntoPlace, temporaryName } from '../files/atomicFile.ts';
import type { KeptOutbox } from './keptOutbox.ts';
import { decodeLines, encodeLine } from './lines.ts';
import { apply, emptyState, type OutboxRecord, recordOfAll } from './records.ts';

const FILE = 'outbox.log';
/** A log that is larger than this, and four times what it says, is written anew. */
const LARGE = 1 << 20;
/** After a write that failed, the next one is tried no sooner, ms. */
const PAUSE_MS = 5000;

/** What an outbox means that can't be written, and what to do about it. */
export const OUTBOX_FIX = 'after a restart some of them may come twice. Make room, or give this user write permission';

/** Where the outbox of a data directory lies. */
export function outboxDir(dataDir: string): string {
  return join(dataDir, 'notify');
}

/** What the outbox of a data directory holds, as far as it is on disk; undefined when there is none. Reads beside a running job. */
export function readOutbox(dataDir: string): OutboxState | undefined {
  const path = join(outboxDir(dataDir), FILE);
  return existsSync(path) ? stateOf(decodeLines(readFileSync(path)).records) : undefined;
}

/**
 * What was told and what is still to be sent: a log on the site's own disk, so that it depends on no store. Whoever adds
 * messages waits until they are durable before the first attempt. When the disk can't be written all goes on from memory, and
 * is written as a whole as soon as it can: better told twice than never.
 */
export class Outbox implements KeptOutbox {
  readonly #path: string;
  readonly #onLog: (event: LogEvent) => void;
  #state: OutboxState;
  #file: FileHandle | undefined;
  #bytes = 0;
  #whole = 0;
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly problem: string; readonly at: number } | undefined;

  private constructor(path: string, state: OutboxState, onLog: (event: LogEvent) => void) {
    this.#path = path;
    this.#state = state;
    this.#onLog = onLog;
  }

  /** Opens that of a data directory; a last line that a crash has torn is cut off. */
  static async open(dataDir: string, onLog: (event: LogEvent) => void): Promise<Outbox> {
    const dir = outboxDir(dataDir);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = join(dir, FILE);
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const { records, end, damaged } = decodeLines(bytes);
    if (damaged > 0) {
      writeFileSync(`${path}.damaged`, bytes, { mode: 0o600 });
      onLog({ level: 'error', message: `${path}: ${damaged} lines can't be read, what they said of notifications may be told again or ` +
        'not at all; the file as it was is kept beside it, as outbox.log.damaged' });
    }
    const outbox = new Outbox(path, stateOf(records) ?? emptyState(randomBytes(6).toString('hex')), onLog);
    if (records.length > 0 && damaged === 0) {
      if (end < bytes.length) await truncate(path, end);
      outbox.#bytes = end;
      outbox.#file = await open(path, 'a', 0o600);
    } else await outbox.#rewrite();
    return outbox;
  }

  get state(): OutboxState {
    return this.#state;
  }

  /** Why nothing can be written; undefined while all is well. */
  get problem(): string | undefined {
    return this.#failure?.problem;
  }

  /** The state is as after the record from now on; resolves when that is durable, or when it is known that it can't be. */
  add(record: OutboxRecord): Promise<void> {
    this.#state = apply(this.#state, record);
    this.#last = this.#last.then(() => this.#write(encodeLine(record), true));
    return this.#last;
  }

  /** The same for what may be forgotten when the power goes: then something is sent again, with the same id. */
  note(record: OutboxRecord): void {
    this.#state = apply(this.#state, record);
    this.#last = this.#last.then(() => this.#write(encodeLine(record), false));
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(line: string, isDurable: boolean): Promise<void> {
    if (this.#failure && performance.now() - this.#failure.at < PAUSE_MS) return;
    try {
      if (this.#failure || !this.#file || this.#bytes > Math.max(LARGE, 4 * this.#whole)) await this.#rewrite();
      else {
        await this.#file.write(line);
        if (isDurable) await this.#file.datasync();
        this.#bytes += Buffer.byteLength(line);
      }
      this.#failure = undefined;
    } catch (error) {
      const problem = `${this.#path} can't be written: ${whyNot(error)}`;
      if (!this.#failure) this.#onLog({ level: 'error', message: `${problem}. Notifications go out all the same; ${OUTBOX_FIX}` });
      this.#failure = { problem, at: performance.now() };
    }
  }

  /** Writes what is known now as a new file. */
  async #rewrite(): Promise<void> {
    const line = encodeLine(recordOfAll(this.#state));
    const temporary = temporaryName(this.#path);
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.write(line);
      await file.sync();
      moveIntoPlace(temporary, this.#path);
    } catch (error) {
      await file.close();
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#bytes = this.#whole = Buffer.byteLength(line);
  }
}

function stateOf(records: readonly unknown[]): OutboxState | undefined {
  if (records.length === 0) return undefined;
  return (records as OutboxRecord[]).reduce(apply, emptyState('unknown'));
}
