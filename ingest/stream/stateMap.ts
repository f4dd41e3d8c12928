import type { Entry, NodeState } from './checkpoint.ts';
import { encodeKey, type Key, KeyMap, type Pair } from './key.ts';
import { ownCopy } from './ownCopy.ts';
import { decodeState, encodeState } from './stateValue.ts';

/**
 * What an operator remembers by key, in order of insertion; it knows which keys changed since the last checkpoint, so
 * a batch costs what it changes. Values are replaced, never changed in place: operators set copies, and give copies away.
 */
export class StateMap<K extends Key, V> implements NodeState {
  readonly #values = new KeyMap<K, V>();
  /** True: the key was deleted in between, so it has lost its place in the order. */
  readonly #changed = new KeyMap<K, boolean>();

  get size(): number {
    return this.#values.size;
  }

  has(key: K): boolean {
    return this.#values.has(key);
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  set(key: K, value: V): void {
    const own = ownCopy(key);
    if (!this.#values.has(key)) {
      const deleted = this.#changed.get(key) ?? false;
      this.#changed.delete(key);
      this.#changed.set(own, deleted);
    } else if (!this.#changed.has(key)) this.#changed.set(own, false);
    this.#values.set(own, value);
  }

  delete(key: K): void {
    if (!this.#values.delete(key)) return;
    this.#changed.delete(key);
    this.#changed.set(ownCopy(key), true);
  }

  [Symbol.iterator](): Iterator<Pair<K, V>> {
    return this.#values[Symbol.iterator]();
  }

  changes(): Entry[] {
    const changes: Entry[] = [];
    for (const [key, deleted] of this.#changed) {
      const kept = encodeKey(key);
      if (deleted) changes.push([kept]);
      if (this.#values.has(key)) changes.push([kept, encodeState(this.#values.get(key))]);
    }
    this.#changed.clear();
    return changes;
  }

  forgetChanges(): void {
    this.#changed.clear();
  }

  entries(): Entry[] {
    return Array.from(this.#values, ([key, value]) => [encodeKey(key), encodeState(value)] as const);
  }

  restore(entries: readonly Entry[]): void {
    this.#values.clear();
    this.#changed.clear();
    for (const entry of entries) if (entry.length === 2) this.#values.set(decodeState(entry[0]) as K, decodeState(entry[1]) as V);
  }
}
