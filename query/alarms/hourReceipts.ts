/** An hour without a reading; what lies this far behind the first receipt has no room. */
const [NO_READING, FAR] = [2 ** 32 - 1, 2 ** 32 - 2];

/**
 * When the first reading of each hour came, as ms from the first of them, in half the room; undefined where they are more than seven weeks
 * apart. Infinity stands for an hour without a reading.
 */
export function offsetsOf(receipts: readonly number[]): Uint32Array | undefined {
  const first = Math.min(...receipts);
  const isFar = receipts.some((at) => at !== Infinity && (at - first >= FAR || !Number.isInteger(at)));
  return isFar ? undefined : Uint32Array.from(receipts, (at) => (at === Infinity ? NO_READING : at - first));
}

/** What {@link offsetsOf} was given. */
export function receiptsOf(first: number, offsets: Uint32Array): number[] {
  return Array.from(offsets, (ms) => (ms === NO_READING ? Infinity : first + ms));
}
