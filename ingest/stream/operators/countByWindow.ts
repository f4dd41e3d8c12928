import type { Operator, Stream } from '../stream.ts';
import { count } from './count.ts';
import { reduceByWindow } from './reduceByWindow.ts';

/** Every `slide` ms: [number of items in the last `length` ms], 0 too. */
export function countByWindow(length: number, slide?: number): Operator<Stream<unknown>, Stream<number>> {
  return (input) => input.pipe(
    count(), // one number a batch, so there is a result even when nothing came
    reduceByWindow((a, b) => a + b, { length, slide, inverse: (total, left) => total - left }),
  );
}
