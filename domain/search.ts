/**
 * The first index from `from` on that is not before what is looked for, or `to` when all up to `to - 1` are. Once
 * `isBefore` is false for an index it is false for all after it.
 */
export function firstNotBefore(from: number, to: number, isBefore: (index: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
