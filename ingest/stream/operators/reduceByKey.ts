import { foldByKey, type Key, type Pair } from '../key.ts';
import { ownValues } from '../ownCopy.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: [key, its values reduced][], keys in order of first appearance. `f` may change what it gets. Spark's reduceByKey. */
export function reduceByKey<K extends Key, V>(f: (a: V, b: V) => V): Operator<Stream<Pair<K, V>>, Stream<Pair<K, V>>> {
  return (input) => input.derive({ kind: 'reduceByKey', compute: (items) => [...foldByKey(ownValues(items, f), f)] });
}
