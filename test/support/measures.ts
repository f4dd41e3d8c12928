import { measureIndex } from '../../domain/reading/measures.ts';

/** The column of the pressure. */
export const PSI = measureIndex.psi;

/** The pressure, in psi, of a reading's values in the order of the measures. */
export function psiOf(values: readonly number[] | undefined): number | undefined {
  return values?.[PSI];
}
