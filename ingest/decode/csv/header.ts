import { MEASURE_TABLE } from '../../../domain/reading/measures.ts';
import { trimSpaces } from './fields.ts';

/** What makes a first line a header. */
const SIGNS = ['ResourceID', 'Date', 'Time'];

/** Which field of a reading is its first measure. */
export const FIRST_MEASURE = SIGNS.length;

/** The fields of a reading, in the order of a line without a header. */
export const FIELDS: readonly string[] = [...SIGNS, ...MEASURE_TABLE.map(({ csv }) => csv)];

/** Where a header puts the fields. */
export interface Columns {
  /** Column numbers from 0, in the order of {@link FIELDS}. */
  readonly positions: readonly number[];
  /** How many fields each line has. */
  readonly count: number;
}

/** The columns of a source without a header. */
export const USUAL_COLUMNS: Columns = { positions: FIELDS.map((_, position) => position), count: FIELDS.length };

/** What a first line says. */
export type FirstLine =
  | { readonly kind: 'row' }
  /** A header; `none` when it names the usual columns in the usual order. */
  | { readonly kind: 'header'; readonly columns: 'none' | Columns }
  /** A header that lacks columns. */
  | { readonly kind: 'lacking'; readonly missing: readonly string[] };

/** Reads a first line. Names count in any case; of a repeated name the first counts. */
export function readFirstLine(fields: readonly string[]): FirstLine {
  const names = fields.map((field) => trimSpaces(field).toLowerCase());
  const positions = FIELDS.map((name) => names.indexOf(name.toLowerCase()));
  if (SIGNS.some((_, sign) => positions[sign] === -1)) return { kind: 'row' };
  const missing = FIELDS.filter((_, field) => positions[field] === -1);
  if (missing.length > 0) return { kind: 'lacking', missing };
  const usual = names.length === FIELDS.length && positions.every((position, field) => position === field);
  return { kind: 'header', columns: usual ? 'none' : { positions, count: names.length } };
}
