import type { Key, Pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';
import { groupByKey } from './groupByKey.ts';
import { window } from './window.ts';

/**
 * Every `slide` ms: [key, its values of the last `length` ms in order][], keys in order of first appearance in the window.
 * Costs what it gives; where a number is all that is wanted, {@link reduceByKeyAndWindow} costs less. Throws AppError CONFIG
 * unless both are multiples of the stream's interval. Spark's groupByKeyAndWindow.
 */
export function groupByKeyAndWindow<K extends Key, V>(
  length: number,
  slide?: number,
): Operator<Stream<Pair<K, V>>, Stream<Pair<K, readonly V[]>>> {
  return (input) => input.pipe(window(length, slide), groupByKey());
}
