import { foldByKey, type Key, type Pair, pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: [item, how often][], in order of first appearance. */
export function countByValue<T extends Key>(): Operator<Stream<T>, Stream<Pair<T, number>>> {
  return (input) =>
    input.derive({
      kind: 'countByValue',
      compute: (items) => [
        ...foldByKey(
          items.map((item) => pair(item, 1)),
          (a, b) => a + b,
        ),
      ],
    });
}
