import { ownCopies } from '../ownCopy.ts';
import { StateMap } from '../stateMap.ts';
import type { Operator, Stream } from '../stream.ts';
import { everySlide, windowSpan } from '../windowSpan.ts';

/**
 * Every `slide` ms: the items of the last `length` ms, in order. Costs what it gives; where a number is all that is
 * wanted, the operators "by window" keep panes instead of items. Throws AppError CONFIG unless both are multiples of
 * the stream's interval. Spark's window, but that these end at multiples of `slide` since 1970, whenever the stream began.
 */
export function window<T>(length: number, slide?: number): Operator<Stream<T>, Stream<T>> {
  return (input) => {
    const span = windowSpan(input, { length, slide });
    const batches = new StateMap<number, readonly T[]>();
    const add = (items: readonly T[], time: number): void => {
      if (items.length > 0) batches.set(time, ownCopies(items));
      for (const [old] of batches) {
        if (old > time - span.length) break;
        batches.delete(old);
      }
    };
    const kept = input.derive<T>({
      kind: `window(${span.length},${span.slide})`,
      state: { batches },
      compute(items, time) {
        add(items, time);
        return time % span.slide === 0 ? Array.from(batches, ([, batch]) => ownCopies(batch)).flat() : [];
      },
    });
    return everySlide(kept, span.slide);
  };
}
