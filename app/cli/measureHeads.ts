import type { Column } from './textTable.ts';

/** Column heads of the six measures in the order of MEASURES, with units where the input names one. */
export const MEASURE_HEADS = ['Hz', 'Displacement', 'Flow', 'Sediment ppm', 'Pressure psi', 'Chlorine ppm'] as const;

/** In which order they give way on a narrow terminal, the highest first: what alarms tell of stays. */
const RANKS = [2, 3, 1, 4, 0, 5] as const;

/** The columns of the six measures in the order of MEASURES. */
export function measureColumns(headEnd = ''): Column[] {
  return MEASURE_HEADS.map((head, i) => ({ head: head + headEnd, align: 'right', rank: RANKS[i] }));
}

/** A mean as people read it: two decimals. The whole number is in the JSON line. */
export function rounded(value: number): string {
  return value.toFixed(2);
}
