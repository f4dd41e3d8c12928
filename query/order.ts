import { firstNotBefore } from '../domain/search.ts';

/** The index of the first item that is not before the one looked for; `compare` is negative for those that are. */
export function insertionPoint<T>(sorted: ArrayLike<T>, compare: (item: T) => number): number {
  return firstNotBefore(0, sorted.length, (index) => compare(sorted[index]) < 0);
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
