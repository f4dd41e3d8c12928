import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { AppError, messageOf } from '../../domain/errors.ts';
import { diskProblem, diskTrouble } from '../files/diskProblem.ts';
import { checkPageFile } from './pageFile.ts';

/** One consistent state of the whole store, for reading. */
export type Snapshot = ReturnType<RootDatabase['useReadTransaction']>;

/** A record of a sub-database. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** NFS_SUPER_MAGIC of statfs(2). */
const NFS = 0x6969;
/** MDB_BAD_TXN: the transaction was given up whole, and the same one may be run again. */
const BAD_TRANSACTION = -30782;
const ATTEMPTS = 3;
/** With less, a new table would be torn, and a write to the lock's mapped file would end the process by a signal. Bytes. */
const ROOM = 1_048_576;
const MAX_READERS = 512;
/** Longer than any key that begins with a prefix: what ends a scan of it. */
const ABOVE = new Uint8Array(16).fill(0xff);

/**
 * An lmdb environment with named sub-databases of binary keys and values; the only place that knows lmdb.
 * All of it is synchronous: a commit is on disk when `transact` returns.
 */
export class Environment {
  readonly #root: RootDatabase<Uint8Array, Uint8Array>;
  readonly #dir: string;
  #snapshots = 0;
  #closing = false;

  readonly #readOnly: boolean;

  private constructor(root: RootDatabase<Uint8Array, Uint8Array>, dir: string, readOnly: boolean) {
    this.#root = root;
    this.#dir = dir;
    this.#readOnly = readOnly;
  }

  /**
   * Opens the environment in a folder, which is made when `create` is set; undefined when it isn't there. Throws
   * STORE_UNAVAILABLE, when the disk is full too, and STORE_DAMAGED.
   */
  static async open(dir: string, create: boolean): Promise<Environment | undefined> {
    const file = join(dir, 'data.mdb');
    if (create) await mkdir(dir, { recursive: true });
    else if (!(await accessible(file, constants.R_OK))) return undefined;
    const disk = await statfs(dir);
    if (disk.type === NFS) {
      throw new AppError(
        'STORE_UNAVAILABLE',
        `expected ${dir} on a local disk, found NFS, which can't lock a store; choose another dataDir`,
      );
    }
    if (create && disk.bsize * (process.getuid?.() === 0 ? disk.bfree : disk.bavail) < ROOM)
      throw new AppError('STORE_UNAVAILABLE', `open the table in ${dir}: its disk is full, less than 1 MB is free; make room there`);
    // All threads of a process share the first opening of a folder: one that could not write would bind the writer too.
    const readOnly = !create && !(await accessible(file, constants.W_OK));
    try {
      await checkPageFile(file);
      const root = open<Uint8Array, Uint8Array>({
        path: dir, noSubdir: false, encoding: 'binary', keyEncoding: 'binary', cache: false,
        maxDbs: 24, maxReaders: MAX_READERS, overlappingSync: false, eventTurnBatching: false, readOnly,
      });
      root.readerCheck();
      return new Environment(root, dir, readOnly);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('STORE_UNAVAILABLE', `open the table in ${dir}: ${diskProblem(error) ?? `${messageOf(error)}; check the folder's owner and permissions`}`, {
        cause: error,
      });
    }
  }

  /** Whether this user may only read its file. */
  get isReadOnly(): boolean {
    return this.#readOnly;
  }

  /** Opens sub-databases; undefined when one of them isn't there and `create` is not set. */
  stores<Name extends string>(names: readonly Name[], create: boolean): Record<Name, Store> | undefined {
    // One transaction for all: each would wait for the writer's lock by itself.
    return this.transact('open the table', () => {
      const stores: Partial<Record<Name, Store>> = {};
      for (const name of names) {
        const options = { name, encoding: 'binary', keyEncoding: 'binary', cache: false, create } as const;
        // Undefined when it isn't there, which lmdb's types don't say.
        const database = this.#root.openDB<Uint8Array, Uint8Array>(options) as Database<Uint8Array, Uint8Array> | undefined;
        if (!database) return undefined;
        stores[name] = new Store(database);
      }
      return stores as Record<Name, Store>;
    });
  }

  /** Opens a sub-database; one that isn't there, and is not to be made, is empty. */
  store(name: string, create: boolean): Store {
    return this.stores([name], create)?.[name] ?? new Store(undefined);
  }

  /** All sub-databases that there are, by name, in its order. Before a snapshot: none can be opened while one is in use. */
  async everyStore(): Promise<ReadonlyMap<string, Store>> {
    const snapshot = this.snapshot();
    // The package writes a name with the zero that ends it.
    const names = Array.from(this.#root.getKeys({ transaction: snapshot }), (name) => Buffer.from(name).toString().replace(/\0$/, '')).sort();
    await this.release(snapshot);
    return new Map(Object.entries(this.stores(names, false) ?? {}));
  }

  /** Runs `work` in one transaction. Everything it put is on disk when this returns, nothing of it when this throws. */
  transact<T>(purpose: string, work: () => T): T {
    if (this.#closing) throw this.#closed(purpose);
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#readOnly ? work() : this.#root.transactionSync(work);
      } catch (error) {
        if (lmdbCode(error) !== BAD_TRANSACTION || attempt === ATTEMPTS) throw this.explain(purpose, error);
      }
    }
  }

  /** The newest state. Release it soon: it keeps disk space from being used again. */
  snapshot(): Snapshot {
    if (this.#closing) throw this.#closed('read the table');
    try {
      this.#root.resetReadTxn();
      const snapshot = this.#root.useReadTransaction();
      this.#snapshots++;
      return snapshot;
    } catch (error) {
      throw this.explain('read the table', error);
    }
  }

  /** Hands a snapshot back. */
  async release(snapshot: Snapshot): Promise<void> {
    snapshot.done();
    this.#snapshots--;
    if (this.#closing && this.#snapshots === 0) await this.#root.close();
  }

  /** Closes as soon as no snapshot is in use; nothing new begins from now on. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#snapshots === 0) await this.#root.close();
  }

  /** What to throw for an error: STORE_UNAVAILABLE for one that lmdb or the system under it gave, otherwise the error itself. */
  explain(purpose: string, error: unknown): unknown {
    if (lmdbCode(error) === undefined) return error;
    return new AppError('STORE_UNAVAILABLE', `${purpose} in ${this.#dir}: ${diskTrouble(error)}`, { cause: error });
  }

  #closed(purpose: string): AppError {
    return new AppError('STORE_UNAVAILABLE', `${purpose} in ${this.#dir}: the table has been closed`);
  }
}

/** A sub-database: binary keys in order of their bytes. Reads see the running transaction, or the snapshot given. */
export class Store {
  readonly #database: Database<Uint8Array, Uint8Array> | undefined;

  /** Without a database it is empty, and can't be written. */
  constructor(database: Database<Uint8Array, Uint8Array> | undefined) {
    this.#database = database;
  }

  get(key: Uint8Array, snapshot?: Snapshot): Uint8Array | undefined {
    return this.#database?.get(key, reading(snapshot));
  }

  /** Only within a transaction. The value is copied before this returns. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.#database!.putSync(key, value);
  }

  /** Only within a transaction. */
  remove(key: Uint8Array): void {
    this.#database!.removeSync(key);
  }

  /** All records, keys rising. */
  all(snapshot: Snapshot): Iterable<Entry> {
    return this.#database?.getRange(reading(snapshot)) ?? [];
  }

  /** Records from `from` (inclusive) to `to` (exclusive), keys rising. */
  entries(from: Uint8Array, to: Uint8Array, snapshot?: Snapshot): Iterable<Entry> {
    return this.#database?.getRange({ start: from, end: to, ...reading(snapshot) }) ?? [];
  }

  /** Records from `from` (inclusive) down to `to` (exclusive), keys falling. */
  entriesBack(from: Uint8Array, to: Uint8Array, snapshot?: Snapshot): Iterable<Entry> {
    return this.#database?.getRange({ start: from, end: to, reverse: true, ...reading(snapshot) }) ?? [];
  }

  /** The first record at or after `from` and before `to`. */
  first(from: Uint8Array, to: Uint8Array, snapshot?: Snapshot): Entry | undefined {
    for (const entry of this.#database?.getRange({ start: from, end: to, limit: 1, ...reading(snapshot) }) ?? []) return entry;
    return undefined;
  }

  /** The last record at or before `from` and after `to`. */
  last(from: Uint8Array, to: Uint8Array, snapshot?: Snapshot): Entry | undefined {
    const range = { start: from, end: to, reverse: true, limit: 1, ...reading(snapshot) };
    for (const entry of this.#database?.getRange(range) ?? []) return entry;
    return undefined;
  }
}

/** What comes after every key that begins with `prefix` and some more bytes of it below 0xff. */
export function endOf(prefix: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, ABOVE]);
}

function reading(snapshot: Snapshot | undefined): { transaction?: Snapshot } {
  return snapshot === undefined ? {} : { transaction: snapshot };
}

/** The number of an error that lmdb or the system under it gave, or undefined for any other error. */
function lmdbCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

async function accessible(file: string, mode: number): Promise<boolean> {
  return access(file, mode).then(() => true, () => false);
}
