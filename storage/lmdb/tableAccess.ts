import { AppError } from '../../domain/errors.ts';
import { REJECT_BOUNDS, type RejectBounds } from '../table/rejects.ts';
import { Environment, type Snapshot } from './environment.ts';
import { bringUp, checkReadable, type Format, FORMAT, isMade, LATER_STORES, STORES, type Stores } from './format.ts';
import { type Parts, partsOf } from './parts.ts';
import type { Expired } from './expiry.ts';

/** How to open a table's lmdb environment. */
export interface TableAccessOptions {
  /** Folder of the table. The writer makes it; for the others a table that is absent is an empty one. */
  readonly dir: string;
  /** `writer` does all; `batch` reads and stores statistics; `reader` reads. One writer and one batch at a time. */
  readonly mode: 'writer' | 'reader' | 'batch';
  /** How long rows are kept after their receipt, in ms; null keeps them for ever. */
  readonly ttl: { readonly data: number | null; readonly alerts: number | null };
  /** How many rejects are kept, and for how long. */
  readonly rejects?: RejectBounds | undefined;
  /** The time against which receipts expire: ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  /** The longest block, in bytes; smaller ones make tests reach splits. */
  readonly blockBytes?: number;
  /** What is written, and how older stores become that. */
  readonly format?: Format;
}

/** A table that is there. */
export interface Opened {
  readonly environment: Environment;
  readonly parts: Parts;
}

/** Opens a table when it is there, and gives its state to read. */
export class TableAccess {
  readonly #options: TableAccessOptions;
  #opening: Promise<Opened | undefined> | undefined;
  #closed = false;

  constructor(options: TableAccessOptions) {
    this.#options = options;
  }

  /** What there is to read, or undefined as long as no writer has made the table. */
  async open(): Promise<Opened | undefined> {
    if (this.#closed) throw new AppError('STORE_UNAVAILABLE', `the table in ${this.#options.dir} has been closed`);
    this.#opening ??= this.#open();
    try {
      const opened = await this.#opening;
      if (!opened) this.#opening = undefined;
      return opened;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** The table, to write to. Throws NOT_SUPPORTED when it was opened for less than that. */
  async writable(purpose: string, atLeast: 'writer' | 'batch' = 'writer'): Promise<Opened> {
    const { mode, dir } = this.#options;
    if (mode === 'reader' || (mode === 'batch' && atLeast === 'writer')) {
      throw new AppError('NOT_SUPPORTED', `expected a table opened as ${atLeast} to ${purpose}, it is opened as ${mode}`);
    }
    const opened = await this.open();
    if (!opened)
      throw new AppError('STORE_UNAVAILABLE', `expected a table in ${dir} to ${purpose}, there is none yet; start \`wellwatch run\` first`);
    if (opened.environment.isReadOnly)
      throw new AppError('STORE_UNAVAILABLE', `${purpose}: expected that this user may write the table in ${dir}, it may only read it. ` +
        'Do it as the user that runs the job');
    return opened;
  }

  /** What has expired by now. */
  expired(): Expired {
    const { ttl: { data, alerts }, now } = this.#options;
    return { data: data === null ? -Infinity : now() - data, alerts: alerts === null ? -Infinity : now() - alerts };
  }

  /** Rejects that were received before then are too old by now. */
  rejectsExpiredBefore(): number {
    const { rejects = REJECT_BOUNDS, now } = this.#options;
    return now() - rejects.ageMs;
  }

  /** What `read` finds in the newest state, or `absent` when there is no table. */
  async read<T>(absent: T, read: (parts: Parts, snapshot: Snapshot) => T): Promise<T> {
    const opened = await this.open();
    if (!opened) return absent;
    const { environment, parts } = opened;
    const snapshot = environment.snapshot();
    try {
      return read(parts, snapshot);
    } catch (error) {
      throw environment.explain('read the table', error);
    } finally {
      await environment.release(snapshot);
    }
  }

  /** What `read` goes through, all of it in the state that is the newest at the first item. */
  async *stream<T>(read: (parts: Parts, snapshot: Snapshot) => Iterable<T>): AsyncIterable<T> {
    const opened = await this.open();
    if (!opened) return;
    const { environment, parts } = opened;
    const snapshot = environment.snapshot();
    try {
      yield* read(parts, snapshot);
    } catch (error) {
      throw environment.explain('read the table', error);
    } finally {
      await environment.release(snapshot);
    }
  }

  /** Closes the table as soon as no loop over it is under way; nothing new begins. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const opened = await this.#opening;
    await opened?.environment.close();
  }

  async #open(): Promise<Opened | undefined> {
    const { dir, mode, rejects, format = FORMAT } = this.#options;
    const environment = await Environment.open(dir, mode === 'writer');
    if (!environment) return undefined;
    try {
      const first = environment.stores(STORES, mode === 'writer');
      const stores = first && withLater(environment, first, mode === 'writer');
      if (stores && mode === 'writer') bringUp(environment, stores, dir, format);
      else if (stores && isMade(stores)) checkReadable(stores, dir, format);
      else {
        await environment.close();
        return undefined;
      }
      return { environment, parts: partsOf(stores, rejects) };
    } catch (error) {
      await environment.close();
      throw error;
    }
  }
}

function withLater(environment: Environment, first: Pick<Stores, (typeof STORES)[number]>, create: boolean): Stores {
  const later = Object.fromEntries(LATER_STORES.map((name) => [name, environment.store(name, create)]));
  return { ...first, ...later } as Stores;
}
