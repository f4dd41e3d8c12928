import type { Key, Pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: [key, each of f(value)][], in order; none where f gives none. Spark's flatMapValues. */
export function flatMapValues<K extends Key, V, W>(f: (value: V) => readonly W[]): Operator<Stream<Pair<K, V>>, Stream<Pair<K, W>>> {
  return (input) => input.derive({
    kind: 'flatMapValues',
    compute: (items) => items.flatMap(([key, value]) => f(value).map((each): Pair<K, W> => [key, each])),
  });
}
