import type { Key, Pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: [key, f(value)][], in order. Spark's mapValues. */
export function mapValues<K extends Key, V, W>(f: (value: V) => W): Operator<Stream<Pair<K, V>>, Stream<Pair<K, W>>> {
  return (input) => input.derive<Pair<K, W>>({ kind: 'mapValues', compute: (items) => items.map(([key, value]) => [key, f(value)]) });
}
