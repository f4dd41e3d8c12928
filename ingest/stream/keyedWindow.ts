import { type PairColumns, columnsOf, foldByKey, type Key, type Pair, pairsOf } from './key.ts';
import { onCopies, ownCopy } from './ownCopy.ts';
import { PaneTree } from './paneTree.ts';
import { StateMap } from './stateMap.ts';

/** The reduced values of a window by key, kept pane by pane. */
export interface KeyedWindow<K extends Key, V> {
  /** Adds the next pane. */
  append(pane: number, values: PairColumns<K, V>): void;
  /** Each key's value in the window that ends with the last pane. */
  values(): Iterable<Pair<K, V>>;
  /** Builds what is derived from the panes that are complete, in order, and is no state of its own. */
  restore?(panes: Iterable<Pair<number, PairColumns<K, V>>>): void;
}

/** Without an inverse function: a tree of panes. */
export class TreeWindow<K extends Key, V> implements KeyedWindow<K, V> {
  readonly #tree: PaneTree<PairColumns<K, V>>;

  constructor(length: number, f: (a: V, b: V) => V) {
    const fold = onCopies(f); // what the tree has is combined again and again
    this.#tree = new PaneTree(length, (a, b) => columnsOf(foldByKey(pairsOf(b), fold, foldByKey(pairsOf(a), fold))));
  }

  append(pane: number, values: PairColumns<K, V>): void {
    this.#tree.append(pane, values.keys.length > 0 ? values : undefined);
  }

  values(): Iterable<Pair<K, V>> {
    const window = this.#tree.window();
    return window ? pairsOf(window) : [];
  }

  restore(panes: Iterable<Pair<number, PairColumns<K, V>>>): void {
    for (const [pane, values] of panes) this.append(pane, values);
  }
}

export interface RunningWindowOptions<K extends Key, V> {
  /** Length of the window in panes. */
  readonly length: number;
  readonly f: (a: V, b: V) => V;
  readonly inverse: (total: V, left: V) => V;
  /** The panes that are kept, the one that leaves the window among them. */
  readonly panes: StateMap<number, PairColumns<K, V>>;
}

/** With an inverse function: a running value for each key, and in how many panes of the window the key occurs. */
export class RunningWindow<K extends Key, V> implements KeyedWindow<K, V> {
  /** To be kept with the panes: what drift there is must survive a restart. */
  readonly totals = new StateMap<K, readonly [value: V, panes: number]>();
  readonly #options: RunningWindowOptions<K, V>;

  constructor(options: RunningWindowOptions<K, V>) {
    this.#options = options;
  }

  append(pane: number, values: PairColumns<K, V>): void {
    const { f, inverse, length, panes } = this.#options;
    for (const [number, leaving] of panes) {
      if (number > pane - length) break;
      for (const [key, value] of pairsOf(leaving)) {
        const [total, count] = this.totals.get(key)!;
        if (count === 1) this.totals.delete(key);
        else this.totals.set(key, [inverse(total, value), count - 1]);
      }
    }
    for (const [key, value] of pairsOf(values)) {
      const before = this.totals.get(key);
      const own = ownCopy(value); // the pane's is taken out again
      this.totals.set(key, before ? [f(before[0], own), before[1] + 1] : [own, 1]);
    }
  }

  *values(): Iterable<Pair<K, V>> {
    for (const [key, [value]] of this.totals) yield [key, value];
  }
}
