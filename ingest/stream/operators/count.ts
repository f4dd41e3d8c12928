import type { Operator, Stream } from '../stream.ts';

/** Per batch: [number of its items], 0 too. */
export function count(): Operator<Stream<unknown>, Stream<number>> {
  return (input) => input.derive({ kind: 'count', compute: (items) => [items.length] });
}
