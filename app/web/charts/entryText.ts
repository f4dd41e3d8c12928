import { type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import type { Curves } from '../../http/schemas/curves.ts';
import { limitsOf } from '../rules.ts';
import { NO_VALUE } from '../format.ts';
import { columnText } from './limits.ts';

/** What an entry of a curve says: `85.2`, `75.0 – 100.0`, `no value` where its readings lack the measure, or `–` in a gap. */
export function entryText(curves: Curves, index: number, measure: Measure): string {
  if (lacks(curves, index, measure)) return NO_VALUE;
  const limits = limitsOf(curves.pump)[measure];
  const [low, high] = [curves[measure]?.min[index], curves[measure]?.max[index]].map((value) => columnText(value ?? null, measure, limits));
  return low === high ? low : `${low} – ${high}`;
}

/** Whether an entry has readings of which none has the measure. */
export function lacks(curves: Curves, index: number, measure: Measure): boolean {
  const has = (each: Measure) => (curves[each]?.min[index] ?? null) !== null;
  return !has(measure) && MEASURES.some(has);
}
