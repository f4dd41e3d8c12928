import type { Json } from '../../storage/table/state.ts';
import { encodeState } from './stateValue.ts';

/**
 * What items are grouped by: compared by value, so `['COHUTTA', '2014-03-10']` is the same key wherever it comes
 * from. As in Map, NaN is a key like any other, and 0 and -0 are one.
 */
export type Key = string | number | boolean | null | readonly Key[];

/** A key with its value: what the operators "by key" take and give. */
export type Pair<K extends Key, V> = readonly [key: K, value: V];

/** Makes a pair; `map((word) => pair(word, 1))` gives a keyed stream. */
export function pair<K, V>(key: K, value: V): readonly [key: K, value: V] {
  return [key, value];
}

/** A map whose keys are equal when their values are, in order of first insertion. */
export class KeyMap<K extends Key, V> {
  readonly #pairs = new Map<unknown, Pair<K, V>>();

  get size(): number {
    return this.#pairs.size;
  }

  has(key: K): boolean {
    return this.#pairs.has(identityOf(key));
  }

  get(key: K): V | undefined {
    return this.#pairs.get(identityOf(key))?.[1];
  }

  set(key: K, value: V): void {
    this.#pairs.set(identityOf(key), [key, value]);
  }

  delete(key: K): boolean {
    return this.#pairs.delete(identityOf(key));
  }

  clear(): void {
    this.#pairs.clear();
  }

  /** Replaces the value of a key, or adds the key: `change` gets what was there. */
  change(key: K, change: (before: V | undefined) => V): void {
    const identity = identityOf(key);
    this.#pairs.set(identity, [key, change(this.#pairs.get(identity)?.[1])]);
  }

  /** The pairs, which are never changed afterwards: a new value is a new pair. */
  [Symbol.iterator](): Iterator<Pair<K, V>> {
    return this.#pairs.values();
  }
}

/** A key as JSON in which equal keys are the same text, and others are not; `decodeState` gives it back. */
export function encodeKey(key: Key): Json {
  if (typeof key === 'number') return encodeState(key === 0 ? 0 : key); // -0 is 0
  return isArray(key) ? key.map(encodeKey) : key;
}

/** Folds the values of each key, in order; keys in order of first appearance. */
export function foldByKey<K extends Key, V>(pairs: Iterable<Pair<K, V>>, fold: (a: V, b: V) => V, into = new KeyMap<K, V>()): KeyMap<K, V> {
  for (const [key, value] of pairs) into.set(key, into.has(key) ? fold(into.get(key) as V, value) : value);
  return into;
}

/** Pairs as two columns, for what is kept long: a tenth of the memory that an array of pairs takes. */
export interface PairColumns<K extends Key, V> {
  readonly keys: readonly K[];
  readonly values: readonly V[];
}

/** The pairs of a map as columns. */
export function columnsOf<K extends Key, V>(map: KeyMap<K, V>): PairColumns<K, V> {
  return { keys: Array.from(map, ([key]) => key), values: Array.from(map, ([, value]) => value) };
}

/** The pairs of columns. */
export function* pairsOf<K extends Key, V>({ keys, values }: PairColumns<K, V>): Iterable<Pair<K, V>> {
  for (let i = 0; i < keys.length; i++) yield [keys[i], values[i]];
}

/** What Map compares: arrays as text that no string key can be taken for. */
function identityOf(key: Key): unknown {
  if (typeof key === 'string') return key.startsWith('\0') ? `\0${JSON.stringify(key)}` : key;
  if (typeof key !== 'object' || key === null) return key;
  const text = JSON.stringify(key);
  return `\0${text.includes('null') ? JSON.stringify(encodeKey(key)) : text}`; // JSON says null for NaN and ±Infinity too
}

function isArray(key: Key): key is readonly Key[] {
  return Array.isArray(key);
}
