/**
 * A sum of floating-point numbers without rounding: parts that don't overlap, smallest first, whose exact sum it is
 * (J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997; as Python's math.fsum). Whatever the order of
 * the numbers, `roundExact` gives the same number, to the bit. Mostly one to three parts.
 */
export type ExactSum = readonly number[];

export const ZERO: ExactSum = [];

/** The sum with another number, which must be finite, as must be the sum. */
export function addExactly(sum: ExactSum, number: number): ExactSum {
  const parts: number[] = [];
  let rest = number;
  for (const part of sum) {
    const [large, small] = Math.abs(rest) < Math.abs(part) ? [part, rest] : [rest, part];
    const high = large + small;
    const low = small - (high - large);
    if (low !== 0) parts.push(low);
    rest = high;
  }
  parts.push(rest);
  return parts;
}

/** The sum of both. */
export function mergeExactly(a: ExactSum, b: ExactSum): ExactSum {
  return b.reduce(addExactly, a);
}

/** The floating-point number that is nearest to the sum; of two that are equally near, the even one. */
export function roundExact(sum: ExactSum): number {
  let i = sum.length - 1;
  if (i < 0) return 0;
  let high = sum[i];
  let low = 0;
  while (i > 0 && low === 0) {
    const before = high;
    const part = sum[--i];
    high = before + part;
    low = part - (high - before);
  }
  // Half-way cases are decided by what comes after the half.
  if (i > 0 && low !== 0 && Math.sign(low) === Math.sign(sum[i - 1])) {
    const doubled = low * 2;
    const other = high + doubled;
    if (other - high === doubled) return other;
  }
  return high;
}
