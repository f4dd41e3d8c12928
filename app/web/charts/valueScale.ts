import type { Band } from '../../http/schemas/curves.ts';

/** From the lowest to the highest value that an axis shows. */
export type ValueRange = readonly [low: number, high: number];

/** How many times the spread of nearly all values a value may lie beside them before it no longer stretches the axis. */
const REACH = 10;

/**
 * The range that shows the values and the limits with some air. A value far beside nearly all others (farther than
 * ten times their spread) does not count: one wild reading would flatten all the rest. It is drawn at the edge instead.
 */
export function valueRange({ min, max }: Band, limits: readonly number[]): ValueRange {
  const values = [...min, ...max].filter((value) => value !== null).sort((one, other) => one - other);
  if (values.length === 0) return padded(Math.min(0, ...limits), Math.max(1, ...limits));
  const low = values[Math.floor((values.length - 1) * 0.02)];
  const high = values[Math.ceil((values.length - 1) * 0.98)];
  const reach = REACH * (high - low || Math.abs(high) || 1);
  const kept = values.filter((value) => value >= low - reach && value <= high + reach);
  return padded(Math.min(kept[0], ...limits), Math.max(kept[kept.length - 1], ...limits));
}

function padded(low: number, high: number): ValueRange {
  if (low === 0 && high === 0) return padded(0, 1);
  const air = (high - low || Math.abs(high)) * 0.08;
  return [low - air, high + air];
}
