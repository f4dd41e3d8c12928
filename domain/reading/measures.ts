/**
 * The six measures of a reading, in the order of the CSV line, of the columns of {@link Readings}
 * and of the qualifiers in the wide-column table's `data` family.
 */
export const MEASURES = ['hz', 'disp', 'flo', 'sedPPM', 'psi', 'chlPPM'] as const;

/** A measure's name, as it stands in the table, in rules and in every JSON line. */
export type Measure = (typeof MEASURES)[number];

/** The column number of a measure, 0 to 5. */
export const measureIndex: Readonly<Record<Measure, number>> = {
  hz: 0, disp: 1, flo: 2, sedPPM: 3, psi: 4, chlPPM: 5,
};
