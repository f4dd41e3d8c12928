/** The least of 1, 2, 5, 10, 20 … that is no smaller than a value: where an axis ends. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

const FEW = 20;

/**
 * Where the axis of some values ends: at their highest, unless a few stand far above all others. These are then out of
 * scale, so that the rest can be told apart. Among few values none is.
 */
export function scaleTop(values: readonly number[]): number {
  if (values.length < FEW) return Math.max(0, ...values);
  const rising = values.toSorted((a, b) => a - b);
  const highest = rising.at(-1) ?? 0;
  const usual = rising[Math.floor((rising.length - 1) * 0.95)] ?? 0;
  return usual > 0 && highest > 5 * usual ? 2 * usual : highest;
}

/** How many of some values from 0 to `top` fall into each of so many equal parts. */
export function bins(values: readonly number[], top: number, parts: number): number[] {
  const counts = Array.from({ length: parts }, () => 0);
  for (const value of values) counts[Math.min(parts - 1, Math.floor((value / top) * parts))] += 1;
  return counts;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
