import type { Key, Pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';
import { together } from '../together.ts';
import { groupedByKey } from './groupByKey.ts';

/** The values of a key in two streams. */
export type Cogrouped<V, W> = readonly [left: readonly V[], right: readonly W[]];

/**
 * Per batch: [key, [its values here, its values there]][], for every key of either: this stream's in order of first
 * appearance, then the other's. Throws AppError CONFIG when the intervals differ. Spark's cogroup.
 */
export function cogroup<K extends Key, V, W>(other: Stream<Pair<K, W>>): Operator<Stream<Pair<K, V>>, Stream<Pair<K, Cogrouped<V, W>>>> {
  return (input) => together<[Pair<K, V>, Pair<K, W>], Pair<K, Cogrouped<V, W>>>([input, other], {
    kind: 'cogroup',
    compute: ([left, right]) => cogrouped(left, right),
  });
}

function cogrouped<K extends Key, V, W>(left: readonly Pair<K, V>[], right: readonly Pair<K, W>[]): Pair<K, Cogrouped<V, W>>[] {
  const here = groupedByKey(left);
  const there = groupedByKey(right);
  const pairs: Pair<K, Cogrouped<V, W>>[] = [];
  for (const [key, values] of here) pairs.push([key, [values, there.get(key) ?? []]]);
  for (const [key, values] of there) if (!here.has(key)) pairs.push([key, [[], values]]);
  return pairs;
}
