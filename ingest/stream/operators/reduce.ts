import { ownCopies } from '../ownCopy.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: [f(f(first, second), third) …], or nothing when it is empty. `f` may change what it gets. Spark's reduce. */
export function reduce<T>(f: (a: T, b: T) => T): Operator<Stream<T>, Stream<T>> {
  return (input) => input.derive({
    kind: 'reduce',
    compute: (items) => (items.length === 0 ? [] : [ownCopies(items).reduce((a, b) => f(a, b))]),
  });
}
