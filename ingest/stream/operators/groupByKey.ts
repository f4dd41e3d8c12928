import { type Key, KeyMap, type Pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: [key, its values in order][], keys in order of first appearance. To add values up, reduceByKey is cheaper. */
export function groupByKey<K extends Key, V>(): Operator<Stream<Pair<K, V>>, Stream<Pair<K, readonly V[]>>> {
  return (input) => input.derive({ kind: 'groupByKey', compute: (items) => [...groupedByKey(items)] });
}

/** The values of each key, in order. */
export function groupedByKey<K extends Key, V>(pairs: Iterable<Pair<K, V>>): KeyMap<K, readonly V[]> {
  const groups = new KeyMap<K, V[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
