import type { Operator, Stream } from '../stream.ts';

/** Per batch: f(item)[] */
export function map<T, U>(f: (item: T) => U): Operator<Stream<T>, Stream<U>> {
  return (input) => input.derive({ kind: 'map', compute: (items) => items.map((item) => f(item)) });
}
