import type { Key, Pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';
import { countByValue } from './countByValue.ts';
import { reduceByKeyAndWindow } from './reduceByKeyAndWindow.ts';

/** Every `slide` ms: [item, how often it came in the last `length` ms][]. */
export function countByValueAndWindow<T extends Key>(length: number, slide?: number): Operator<Stream<T>, Stream<Pair<T, number>>> {
  return (input) => input.pipe(
    countByValue(),
    reduceByKeyAndWindow((a, b) => a + b, { length, slide, inverse: (total, left) => total - left }),
  );
}
