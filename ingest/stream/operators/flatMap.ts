import type { Operator, Stream } from '../stream.ts';

/** Per batch: all items of all f(item), in order. */
export function flatMap<T, U>(f: (item: T) => readonly U[]): Operator<Stream<T>, Stream<U>> {
  return (input) => input.derive({ kind: 'flatMap', compute: (items) => items.flatMap((item) => f(item)) });
}
