import type { Operator, Stream } from '../stream.ts';
import { together } from '../together.ts';

/**
 * Per batch: what `f` makes of the items of this stream and those of another, both as a whole. It may wait for something.
 * Throws AppError CONFIG when the intervals differ. Spark's transformWith; for more than two, {@link transformAll}.
 */
export function transformWith<T, U, R>(
  other: Stream<U>,
  f: (here: readonly T[], there: readonly U[], time: number) => readonly R[] | Promise<readonly R[]>,
): Operator<Stream<T>, Stream<R>> {
  return (input) => together<[T, U], R>([input, other], { kind: 'transformWith', compute: ([here, there], time) => f(here, there, time) });
}
