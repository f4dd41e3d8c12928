/** The index of the first item that is not before the one looked for; `compare` is negative for those that are. */
export function insertionPoint<T>(sorted: ArrayLike<T>, compare: (item: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(sorted[middle]) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Orders texts by their code units: negative when `a` comes first. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The first `most` of items that come in any order; no more than these are ever kept. */
export class First<T> {
  readonly items: T[] = [];
  readonly #most: number;
  readonly #compare: (a: T, b: T) => number;

  constructor(most: number, compare: (a: T, b: T) => number) {
    this.#most = most;
    this.#compare = compare;
  }

  add(item: T): void {
    const { items } = this;
    if (items.length === this.#most && this.#compare(items[items.length - 1], item) <= 0) return;
    items.splice(insertionPoint(items, (other) => this.#compare(other, item)), 0, item);
    if (items.length > this.#most) items.pop();
  }
}
