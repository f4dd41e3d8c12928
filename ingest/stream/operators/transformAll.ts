import type { Stream } from '../stream.ts';
import { type BatchesOf, type StreamsOf, together } from '../together.ts';

/**
 * Per batch: what `f` makes of the items of several streams, each as a whole, in the order of the streams:
 * `transformAll([a, b, c], ([as, bs, cs], time) => …)`. It may wait for something. Throws AppError CONFIG without a stream,
 * and when the intervals differ. Spark's StreamingContext.transform.
 */
export function transformAll<const T extends readonly unknown[], U>(
  streams: StreamsOf<T>,
  f: (batches: BatchesOf<T>, time: number) => readonly U[] | Promise<readonly U[]>,
): Stream<U> {
  return together<T, U>(streams, { kind: 'transformAll', compute: f });
}
