import type { Measure } from '../../../domain/measures.ts';
import { rulesOf } from '../rules.ts';

/** A limit that a rule sets. */
export interface Limit {
  readonly value: number;
  /** Which side of it is wrong, strictly. */
  readonly comparison: 'below' | 'above';
  readonly label: string;
}

/** The limits that the site's rules set for a pump, by measure. */
export function limitsOf(pump: string): Partial<Record<Measure, Limit[]>> {
  const limits: Partial<Record<string, Limit[]>> = {};
  for (const { id, measure, comparison, threshold } of rulesOf(pump)) {
    (limits[measure] ??= []).push({ value: threshold, comparison, label: `${id}: ${comparison} ${threshold}` });
  }
  return limits;
}

/** Whether a value breaks one of the limits of its measure. */
export function isBeyond(value: number | null, limits: readonly Limit[] = []): boolean {
  return value !== null && limits.some((limit) => limit.comparison === 'below' ? value < limit.value : value > limit.value);
}
