import type { Operator, Stream } from '../stream.ts';

/** Per batch: [f(f(first, second), third) …], or nothing when it is empty. */
export function reduce<T>(f: (a: T, b: T) => T): Operator<Stream<T>, Stream<T>> {
  return (input) => input.derive({ kind: 'reduce', compute: (items) => (items.length === 0 ? [] : [items.reduce((a, b) => f(a, b))]) });
}
