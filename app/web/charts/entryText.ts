import type { Measure } from '../../../domain/reading/measures.ts';
import type { Curves } from '../../http/schemas/curves.ts';
import { limitsOf } from '../rules.ts';
import { columnText } from './limits.ts';

/** What an entry of a curve says: `85.2`, `75.0 – 100.0`, or `–` in a gap. */
export function entryText(curves: Curves, index: number, measure: Measure): string {
  const limits = limitsOf(curves.pump)[measure];
  const [low, high] = [curves[measure]?.min[index], curves[measure]?.max[index]].map((value) => columnText(value ?? null, measure, limits));
  return low === high ? low : `${low} – ${high}`;
}
