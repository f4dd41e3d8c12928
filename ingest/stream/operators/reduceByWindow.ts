import { pair } from '../key.ts';
import type { Operator, Stream } from '../stream.ts';
import { map } from './map.ts';
import { type ReduceWindowOptions, reduceByKeyAndWindow } from './reduceByKeyAndWindow.ts';

/** Every `slide` ms: [the items of the last `length` ms reduced], or nothing when there are none. See {@link reduceByKeyAndWindow}. */
export function reduceByWindow<T>(f: (a: T, b: T) => T, options: ReduceWindowOptions<T>): Operator<Stream<T>, Stream<T>> {
  return (input) => input.pipe(
    map((item: T) => pair(null, item)),
    reduceByKeyAndWindow(f, options),
    map(([, value]) => value),
  );
}
