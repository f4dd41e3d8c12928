import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../../domain/errors.ts';
import { Environment, type Entry, type Snapshot, type Store } from './environment.ts';

/** What all records of an environment come to: how many, and the SHA-256 of names, keys and values in their order. */
export interface StoresDigest {
  readonly records: number;
  readonly sha256: string;
}

/** Sub-databases by name, in its order, in one state. */
export interface StoresThen {
  readonly stores: ReadonlyMap<string, Store>;
  readonly snapshot: Snapshot;
}

/** Records in one transaction of the copy. */
const PIECE = 4096;

/**
 * Copies all sub-databases of one state into a new environment in the folder `to`; on disk when it resolves. `onRecords` hears now
 * and then how many there are by then. Throws STORE_UNAVAILABLE.
 */
export async function copyStores(
  from: StoresThen, to: string, onRecords: (records: number) => void = () => undefined,
): Promise<StoresDigest> {
  const copy = await Environment.open(to, true);
  try {
    return await walk(from, {
      begin: (name) => copy!.store(name, true),
      piece: (store, entries) => copy!.transact('copy the table', () => entries.forEach(({ key, value }) => store.put(key, value))),
    }, onRecords);
  } finally {
    await copy?.close();
  }
}

/** The digest of what lies in a folder, read from its beginning to its end. Throws STORE_DAMAGED, STORE_UNAVAILABLE. */
export async function digestStores(dir: string): Promise<StoresDigest> {
  const environment = await Environment.open(dir, false);
  if (!environment) throw new AppError('STORE_DAMAGED', `expected a table in ${dir}, there is none`);
  const stores = await environment.everyStore();
  const snapshot = environment.snapshot();
  try {
    return await walk({ stores, snapshot }, { begin: () => undefined, piece: () => undefined });
  } finally {
    await environment.release(snapshot);
    await environment.close();
  }
}

interface Visitor<S> {
  readonly begin: (name: string) => S;
  readonly piece: (store: S, entries: readonly Entry[]) => void;
}

async function walk<S>(
  { stores, snapshot }: StoresThen, { begin, piece }: Visitor<S>, onRecords: (records: number) => void = () => undefined,
): Promise<StoresDigest> {
  const hash = createHash('sha256');
  let records = 0;
  for (const [name, from] of stores) {
    hash.update(`${name}\0`);
    const store = begin(name);
    for (const entries of inPieces(from.all(snapshot))) {
      for (const { key, value } of entries) hash.update(lengths(key, value)).update(key).update(value);
      piece(store, entries);
      onRecords((records += entries.length));
      await turn(); // so that a signal can end it
    }
  }
  return { records, sha256: hash.digest('hex') };
}

function lengths(key: Uint8Array, value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32LE(key.length);
  bytes.writeUInt32LE(value.length, 4);
  return bytes;
}

/** Records are copied out: what lmdb gives holds only until the next one. */
function* inPieces(entries: Iterable<Entry>): Iterable<Entry[]> {
  let piece: Entry[] = [];
  for (const { key, value } of entries) {
    piece.push({ key: Uint8Array.from(key), value: Uint8Array.from(value) });
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
