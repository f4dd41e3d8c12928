/**
 * Aggregates over a sliding window of panes, at about four combinations a pane whatever the window's length.
 *
 * A binary tree over the panes' numbers: the node (level l, number n) aggregates the panes n·2^l … (n+1)·2^l - 1. The
 * window is split where a multiple of its length lies in it: what is after that is one running aggregate, what is
 * before it a stack of nodes, each with the aggregate of all from it to the split:
 *
 *     window   ├───────────────┬───────────────────┤
 *     stack      ╵ ╵╵ ╵   ╵    │    running          the top of the stack is the whole left part
 *
 * A pane that leaves takes its node from the stack, whose other halves come in its place: at most log₂ of the length,
 * one or two on average. Nothing of this depends on where the stream began, only on the panes' numbers: a window that
 * was restored combines in the same order as one that was never lost, so that sums of floating-point numbers are the
 * same to the bit. (Two stacks and DABA, the usual ways, don't have this property.)
 */
export class PaneTree<A> {
  readonly #combine: (a: A, b: A) => A;
  /** Length of the window in panes. */
  readonly #length: number;
  /** By level, then number; nodes in whose panes nothing was are absent. */
  readonly #levels: Map<number, A>[];
  #stack: { readonly level: number; readonly number: number; readonly toSplit: A | undefined }[] = [];
  #split = 0;
  #running: A | undefined;
  #next: number | undefined;

  /** `combine` takes what was earlier first; a window has `length` panes. */
  constructor(length: number, combine: (a: A, b: A) => A) {
    this.#length = length;
    this.#combine = combine;
    this.#levels = Array.from({ length: Math.floor(Math.log2(length)) + 1 }, () => new Map<number, A>());
  }

  /** Moves the window to end with this pane. Numbers rise; panes that are left out were empty. */
  append(pane: number, value: A | undefined): void {
    if (this.#next !== undefined && pane - this.#next >= this.#length) this.clear();
    for (let empty = this.#next ?? pane; empty < pane; empty++) this.#appendNext(empty, undefined);
    this.#appendNext(pane, value);
    this.#next = pane + 1;
  }

  /** The aggregate of the window; undefined when nothing was in it. */
  window(): A | undefined {
    return this.#joined(this.#stack.at(-1)?.toSplit, this.#running);
  }

  clear(): void {
    for (const level of this.#levels) level.clear();
    this.#stack = [];
    this.#split = 0;
    this.#running = undefined;
    this.#next = undefined;
  }

  #appendNext(pane: number, value: A | undefined): void {
    this.#put(0, pane, value);
    const first = pane + 1 - this.#length;
    const split = Math.floor((pane + 1) / this.#length) * this.#length;
    if (split === this.#split) this.#running = this.#joined(this.#running, value);
    else this.#splitAt(split, pane, value);
    this.#dropBefore(first);
    this.#evict(first - 1);
  }

  /** Begins with a new split, before or after the last pane. */
  #splitAt(split: number, pane: number, value: A | undefined): void {
    this.#split = split;
    this.#running = pane < split ? undefined : value;
    this.#stack = [];
    for (const [level, number] of nodesOf(split - this.#length, split).reverse()) this.#push(level, number);
  }

  #push(level: number, number: number): void {
    this.#stack.push({ level, number, toSplit: this.#joined(this.#levels[level].get(number), this.#stack.at(-1)?.toSplit) });
  }

  /** Takes the panes before `first` from the stack. */
  #dropBefore(first: number): void {
    for (let top = this.#stack.at(-1); top && top.number * 2 ** top.level < first; top = this.#stack.at(-1)) {
      this.#stack.pop();
      // The halves that don't begin with what is dropped, the largest first.
      let left = top.number;
      for (let level = top.level - 1; level >= 0; level--) {
        left *= 2;
        this.#push(level, left + 1);
      }
    }
  }

  #put(level: number, number: number, value: A | undefined): void {
    if (value !== undefined) this.#levels[level].set(number, value);
    if (number % 2 === 0 || level + 1 === this.#levels.length) return;
    this.#put(level + 1, (number - 1) / 2, this.#joined(this.#levels[level].get(number - 1), value));
  }

  /** Removes a pane and the nodes that begin with it. */
  #evict(pane: number): void {
    let number = pane;
    for (const level of this.#levels) {
      level.delete(number);
      if (number % 2 !== 0) break;
      number /= 2;
    }
  }

  #joined(a: A | undefined, b: A | undefined): A | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    return this.#combine(a, b);
  }
}

/** The fewest nodes that hold the panes from `first` up to but not with `end`, in order. */
function nodesOf(first: number, end: number): (readonly [level: number, number: number])[] {
  const left: (readonly [number, number])[] = [];
  const right: (readonly [number, number])[] = [];
  let [from, to] = [first, end];
  for (let level = 0; from < to; level++) {
    if (from % 2 !== 0) left.push([level, from++]);
    if (to % 2 !== 0) right.push([level, --to]);
    from /= 2;
    to /= 2;
  }
  return [...left, ...right.reverse()];
}
