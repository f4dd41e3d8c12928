import type { Operator, Stream } from '../stream.ts';

/** Per batch: what `f` makes of its items as a whole. It may wait for something; the batch waits with it. Spark's transform. */
export function transform<T, U>(
  f: (items: readonly T[], time: number) => readonly U[] | Promise<readonly U[]>,
): Operator<Stream<T>, Stream<U>> {
  return (input) => input.derive({ kind: 'transform', compute: (items, time) => f(items, time) });
}
