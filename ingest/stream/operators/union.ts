import { checkSameInterval } from '../sameInterval.ts';
import type { Operator, Stream } from '../stream.ts';

/** Per batch: the items of this stream, then those of the others. Throws AppError CONFIG when their intervals differ. */
export function union<T>(...others: readonly Stream<T>[]): Operator<Stream<T>, Stream<T>> {
  return (input) => {
    for (const other of others) checkSameInterval('union', input, other);
    return input.derive({ kind: 'union', compute: (items) => [...items, ...others.flatMap((other) => other.items)] });
  };
}
