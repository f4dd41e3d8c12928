import type { Operator, Stream } from '../stream.ts';

/** Per batch: those items for which `keep` holds. */
export function filter<T, U extends T>(keep: (item: T) => item is U): Operator<Stream<T>, Stream<U>>;
export function filter<T>(keep: (item: T) => boolean): Operator<Stream<T>, Stream<T>>;
export function filter<T>(keep: (item: T) => boolean): Operator<Stream<T>, Stream<T>> {
  return (input) => input.derive({ kind: 'filter', compute: (items) => items.filter((item) => keep(item)) });
}
