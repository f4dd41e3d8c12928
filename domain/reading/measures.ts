/** All that the program knows of a measure. To add one, add a line at the end of {@link MEASURE_TABLE}. */
export interface MeasureFacts {
  /** How it is called in the table, in rules and in every JSON line. */
  readonly name: string;
  /** Its column in CSV. */
  readonly csv: string;
  /** How people call it. */
  readonly label: string;
  /** As the input names it; empty where it names none. */
  readonly unit: string;
  /** Decimals that columns of it have. */
  readonly digits: number;
  /** In which order measures give way where there is no room for all, the highest first: what alerts tell of stays. */
  readonly rank: number;
  /** The lowest and the highest value of a healthy pump, and the decimals that gateways write: for generated readings. */
  readonly usual: readonly [low: number, high: number, decimals: number];
}

/**
 * The measures of a reading, in the order of the CSV line, of the columns of {@link Readings} and of the blocks on
 * disk. Stored columns are told by their place: a new measure comes last, and none is ever moved or taken away.
 */
export const MEASURE_TABLE = [
  { name: 'hz', csv: 'HZ', label: 'Speed', unit: 'Hz', digits: 2, rank: 2, usual: [9.5, 10.5, 2] },
  { name: 'disp', csv: 'Displace', label: 'Displacement', unit: '', digits: 2, rank: 3, usual: [1.5, 3.5, 3] },
  { name: 'flo', csv: 'Flow', label: 'Flow', unit: '', digits: 0, rank: 1, usual: [800, 1800, 0] },
  { name: 'sedPPM', csv: 'SedimentPPM', label: 'Sediment', unit: 'ppm', digits: 2, rank: 4, usual: [0, 2, 2] },
  { name: 'psi', csv: 'PressureLbs', label: 'Pressure', unit: 'psi', digits: 1, rank: 0, usual: [75, 100, 0] },
  { name: 'chlPPM', csv: 'ChlorinePPM', label: 'Chlorine', unit: 'ppm', digits: 2, rank: 5, usual: [0.5, 2, 2] },
] as const satisfies readonly MeasureFacts[];

/** A measure's name. */
export type Measure = (typeof MEASURE_TABLE)[number]['name'];

/** The names of the measures, in the order of {@link MEASURE_TABLE}. */
export const MEASURES: readonly Measure[] = MEASURE_TABLE.map(({ name }) => name);

/** How many measures files had that do not say how many they have: those of the first release. */
export const FIRST_MEASURES = 6;

/** An object with an entry for each measure, in the order of MEASURES. */
export function byMeasure<T>(entry: (measure: Measure, column: number) => T): Readonly<Record<Measure, T>> {
  return Object.fromEntries(MEASURES.map((measure, column) => [measure, entry(measure, column)])) as Record<Measure, T>;
}

/** The column number of a measure, from 0. */
export const measureIndex = byMeasure((_, column) => column);

/** What is known of each measure. */
export const measureFacts: Readonly<Record<Measure, MeasureFacts>> = byMeasure((_, column) => MEASURE_TABLE[column]);

/** A measure's name and unit as heads of columns have it: `Pressure psi`. */
export function headOf({ label, unit }: Pick<MeasureFacts, 'label' | 'unit'>): string {
  return unit === '' ? label : `${label} ${unit}`;
}

/**
 * Stands where a cell is missing: nothing was reported of the measure, or the reading was stored before the measure was
 * there. It is NaN in columns, and never a stored number; no number of a reading is NaN.
 */
export const UNKNOWN = NaN;

/** Whether a cell is missing. */
export function isUnknown(value: number): boolean {
  return Number.isNaN(value);
}
