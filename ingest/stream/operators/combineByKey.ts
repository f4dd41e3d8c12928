import { type Key, KeyMap, type Pair } from '../key.ts';
import { ownValues } from '../ownCopy.ts';
import type { Operator, Stream } from '../stream.ts';

/** How the values of a key become something of another type. Both may change what they get. */
export interface Combiner<V, C> {
  /** What the first value of a key becomes. */
  readonly create: (value: V) => C;
  /** What it becomes with each value after it. */
  readonly add: (combined: C, value: V) => C;
}

/**
 * Per batch: [key, what its values combine to][], keys in order of first appearance:
 * `combineByKey({ create: (psi) => [psi], add: (all, psi) => [...all, psi] })`. Spark's combineByKey, without the function
 * that merges two combined values: a batch is in one piece here.
 */
export function combineByKey<K extends Key, V, C>({ create, add }: Combiner<V, C>): Operator<Stream<Pair<K, V>>, Stream<Pair<K, C>>> {
  return (input) => input.derive<Pair<K, C>>({
    kind: 'combineByKey',
    compute(items) {
      const combined = new KeyMap<K, C>();
      for (const [key, value] of ownValues(items, add))
        combined.set(key, combined.has(key) ? add(combined.get(key) as C, value) : create(value));
      return [...combined];
    },
  });
}
