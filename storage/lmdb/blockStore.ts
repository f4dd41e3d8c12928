import { AppError } from '../../domain/errors.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { BlockReader } from './blockReader.ts';
import { endOf, type Entry, type Snapshot, type Store } from './environment.ts';
import { blockKey, pumpOfKey, timeOfKey } from './keys.ts';

/** A block as it lies in the store. */
export interface StoredBlock {
  readonly first: number;
  readonly bytes: Uint8Array;
}

/**
 * The blocks of all series of one kind. A series is told by the prefix of its keys; its blocks don't
 * overlap, and come in order of their first times.
 */
export class BlockStore {
  readonly #store: Store;
  readonly #what: string;
  readonly #pumpName: (pump: number) => string;

  /** `what` names the rows in messages; `pumpName` gives the id of a pump's number. */
  constructor(store: Store, what: string, pumpName: (pump: number) => string) {
    this.#store = store;
    this.#what = what;
    this.#pumpName = pumpName;
  }

  /** The last block of a series. */
  last(series: Uint8Array, snapshot?: Snapshot): StoredBlock | undefined {
    return stored(this.#store.last(endOf(series), series, snapshot));
  }

  /** The last block of a series that begins at or before a time. */
  covering(series: Uint8Array, time: number, snapshot?: Snapshot): StoredBlock | undefined {
    return stored(this.#store.last(blockKey(series, time), series, snapshot));
  }

  /** The first block of a series. */
  first(series: Uint8Array, snapshot?: Snapshot): StoredBlock | undefined {
    return stored(this.#store.first(series, endOf(series), snapshot));
  }

  /** The block after the one that begins at a time. */
  next(series: Uint8Array, time: number): StoredBlock | undefined {
    return stored(this.#store.first(blockKey(series, time + 1), endOf(series)));
  }

  /** The records of a series' blocks that may hold rows at or after `from` and before `to`. */
  *between(series: Uint8Array, range: { from: number; to: number }, snapshot?: Snapshot): Iterable<Entry> {
    const covering = this.#store.last(blockKey(series, range.from), series, snapshot);
    const start = covering?.key ?? series;
    yield* this.#store.entries(start, blockKey(series, range.to), snapshot);
  }

  /** The records of a series' blocks, the last first. */
  backwards(series: Uint8Array, snapshot?: Snapshot): Iterable<Entry> {
    return this.#store.entriesBack(endOf(series), series, snapshot);
  }

  /** The first record after a key, of whichever series. */
  after(key: Uint8Array, end: Uint8Array, snapshot?: Snapshot): Entry | undefined {
    return this.#store.first(key, end, snapshot);
  }

  put(series: Uint8Array, first: number, bytes: Uint8Array): void {
    this.#store.put(blockKey(series, first), bytes);
  }

  remove(series: Uint8Array, first: number): void {
    this.#store.remove(blockKey(series, first));
  }

  removeKey(key: Uint8Array): void {
    this.#store.remove(key);
  }

  /** Loads a block into a reader. Throws STORE_DAMAGED when it is none. */
  load(reader: BlockReader, series: Uint8Array, block: StoredBlock): void {
    const problem = reader.load(block.bytes) ?? (reader.first === block.first ? undefined : `it begins at ${reader.first}`);
    if (problem === undefined) return;
    const pump = this.#pumpName(pumpOfKey(series));
    throw new AppError(
      'STORE_DAMAGED',
      `expected a block of ${this.#what} of pump ${pump} from ${formatTime(block.first)}: ${problem}; restore the table from a ` +
        'backup, or remove it and read the files again',
    );
  }

  /** Loads the block of a record into a reader. */
  loadEntry(reader: BlockReader, entry: Entry): void {
    this.load(reader, entry.key, { first: timeOfKey(entry.key), bytes: entry.value });
  }
}

function stored(entry: Entry | undefined): StoredBlock | undefined {
  return entry && { first: timeOfKey(entry.key), bytes: entry.value };
}
