import type { Usual } from '../../http/schemas/curves.ts';
import { wallMs } from '../times.ts';
import type { UsualBand } from './layers.ts';

const DAY_MS = 86_400_000;

/** What is usual on each day, as it is drawn: behind which curve, and moved back by so many ms. */
export function usualBands({ items }: Usual, { shift = 0, curve = 0 }: { readonly shift?: number; readonly curve?: number } = {}): UsualBand[] {
  return items.map(({ date, median, reach }) => {
    const from = wallMs(date) - shift;
    return { from, to: from + DAY_MS, low: median - reach, high: median + reach, curve };
  });
}
