import { headOf, MEASURE_TABLE } from '../../domain/reading/measures.ts';
import type { Column } from './textTable.ts';

/** The columns of the measures, in the order of MEASURES. */
export function measureColumns(headEnd = ''): Column[] {
  return MEASURE_TABLE.map((facts) => ({ head: headOf(facts) + headEnd, align: 'right', rank: facts.rank }));
}

/** A mean as people read it: two decimals. The whole number is in the JSON line. */
export function rounded(value: number): string {
  return value.toFixed(2);
}
