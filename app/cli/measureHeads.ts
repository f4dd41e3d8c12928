/** Column heads of the six measures in the order of MEASURES, with units where the input names one. */
export const MEASURE_HEADS = ['Hz', 'Displacement', 'Flow', 'Sediment ppm', 'Pressure psi', 'Chlorine ppm'] as const;

/** A mean as people read it: two decimals. The whole number is in the JSON line. */
export function rounded(value: number): string {
  return value.toFixed(2);
}
