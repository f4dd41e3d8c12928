import { countLines, timeLines } from '../printedBatch.ts';
import type { Operator, Stream } from '../stream.ts';
import { textOf } from '../textOf.ts';

export interface PrintOptions {
  /** How many items at most. */
  readonly first?: number;
  /** Takes a line; standard output by default. */
  readonly write?: (line: string) => void;
}

/**
 * Prints of each batch its time, its first items as Spark does, and how many there are:
 *
 *   -------------------------------------------
 *   Time: 1394413260000 ms
 *   -------------------------------------------
 *   (COHUTTA,88)
 *   (NANTAHALLA,91)
 *   count: 2
 */
export function print<T>({ first = 10, write = (line) => console.log(line) }: PrintOptions = {}): Operator<Stream<T>, void> {
  return (input) => {
    input.derive({
      kind: 'print',
      output: true,
      compute(items, time) {
        const shown = items.slice(0, first).map(textOf);
        for (const line of [...timeLines(time), ...shown, ...countLines(shown.length, items.length)]) write(line);
        return items;
      },
    });
  };
}
