import type { Operator, Stream } from '../stream.ts';
import { together } from '../together.ts';

/** Per batch: the items of this stream, then those of the others. Throws AppError CONFIG when their intervals differ. Spark's union. */
export function union<T>(...others: readonly Stream<T>[]): Operator<Stream<T>, Stream<T>> {
  return (input) => together([input, ...others], { kind: 'union', compute: (batches) => batches.flat() });
}
