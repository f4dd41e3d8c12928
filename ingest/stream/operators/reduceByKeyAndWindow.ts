import { type PairColumns, columnsOf, foldByKey, type Key, type Pair, pairsOf } from '../key.ts';
import { type KeyedWindow, RunningWindow, TreeWindow } from '../keyedWindow.ts';
import { ownCopy, ownValues } from '../ownCopy.ts';
import { StateMap } from '../stateMap.ts';
import type { Operator, Stream } from '../stream.ts';
import { everySlide, type WindowOptions, windowSpan } from '../windowSpan.ts';

export interface ReduceWindowOptions<V> extends WindowOptions {
  /** Takes a value out again: inverse(f(a, b), a) is b. */
  readonly inverse?: ((total: V, left: V) => V) | undefined;
  readonly name?: string | undefined;
}

export interface KeyedReduceWindowOptions<K extends Key, V> extends ReduceWindowOptions<V> {
  /** Which pairs are given: Spark's filterFunc. What is left out counts on, and comes back when it is to be given again. */
  readonly filter?: ((pair: Pair<K, V>) => boolean) | undefined;
}

/**
 * Every `slide` ms: [key, its values of the last `length` ms reduced][], for the keys that occur in the window. `f`
 * must be associative and commutative, as Spark asks of its reduceByKeyAndWindow.
 *
 * What a batch costs does not depend on the length. Without an inverse function about four combinations for each
 * key of the window; with one, one for each key that comes or leaves, but floating-point numbers drift then, because
 * a + b - a need not be b: prefer exact numbers, or no inverse. A key that leaves the window altogether is forgotten, and
 * its drift with it (Spark keeps it at zero unless a filter function is given). Both functions may change what they get.
 *
 * Throws AppError CONFIG unless length and slide are multiples of the stream's interval.
 */
export function reduceByKeyAndWindow<K extends Key, V>(
  f: (a: V, b: V) => V,
  { inverse, filter = () => true, name, ...options }: KeyedReduceWindowOptions<K, V>,
): Operator<Stream<Pair<K, V>>, Stream<Pair<K, V>>> {
  return (input) => {
    const { length, slide, pane } = windowSpan(input, options);
    const panes = new StateMap<number, PairColumns<K, V>>();
    const running = inverse && new RunningWindow<K, V>({ length: length / pane, f, inverse, panes });
    const window: KeyedWindow<K, V> = running ?? new TreeWindow<K, V>(length / pane, f);
    let complete = -Infinity; // the last pane that the window has
    const append = (number: number, values: PairColumns<K, V>): void => {
      window.append(number, values);
      forgetBefore(panes, number - length / pane + 1);
      complete = number;
    };
    const reduced = input.derive<Pair<K, V>>({
      kind: `reduceByKeyAndWindow(${length},${slide}${inverse ? ',inverse' : ''})`,
      name,
      state: { panes, ...(running && { totals: running.totals }) },
      restored: (time) => {
        complete = Math.floor(time / pane); // the last may still be open
        window.restore?.([...panes].filter(([number]) => number <= complete));
      },
      compute(items, time) {
        const number = Math.ceil(time / pane);
        const begun = panes.get(number);
        const values = columnsOf(foldByKey(ownValues(items, f), f, begun && foldByKey(pairsOf(begun), f)));
        if (values.keys.length > 0) panes.set(number, values);
        if (time % pane === 0) {
          // Where the clock was set forward the last batch of a pane did not run.
          if (number > complete + 1) for (const [left, its] of panes) if (left > complete && left < number) append(left, its);
          append(number, values);
        }
        return time % slide === 0 ? Array.from(window.values(), ownCopy).filter((each) => filter(each)) : [];
      },
    });
    return everySlide(reduced, slide);
  };
}

function forgetBefore(panes: StateMap<number, unknown>, first: number): void {
  for (const [pane] of panes) {
    if (pane >= first) break;
    panes.delete(pane);
  }
}
