import { breaks, type Comparison } from '../../../domain/alarm/rule.ts';
import { type Measure, measureFacts } from '../../../domain/reading/measures.ts';
import { decimal, EXACT_DIGITS, fixed } from '../format.ts';

/** A limit that a rule sets. */
export interface Limit {
  readonly value: number;
  /** Which side of it is wrong, strictly. */
  readonly comparison: Comparison;
  readonly label: string;
}

/** Whether a value breaks one of the limits of its measure. */
export function isBeyond(value: number | null, limits: readonly Limit[] = []): boolean {
  return value !== null && limits.some((limit) => breaks(value, { comparison: limit.comparison, threshold: limit.value }));
}

/**
 * A value with the decimals that columns of its measure have, and with more where these would put it on the other side
 * of a limit: 4.96 is below 5, and so is not shown as 5.0.
 */
export function columnText(value: number | null, measure: Measure, limits: readonly Limit[] = []): string {
  for (let { digits } = measureFacts[measure]; digits <= EXACT_DIGITS; digits++) {
    if (value === null || isBeyond(Number(value.toFixed(digits)), limits) === isBeyond(value, limits)) return fixed(value, digits);
  }
  return decimal(value, 20);
}
