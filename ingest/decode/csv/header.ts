import { parse as parseCsv } from 'csv-parse/sync';
import { MEASURE_TABLE, MEASURES } from '../../../domain/reading/measures.ts';
import { quoteField, trimSpaces } from './fields.ts';

/** The fields of a line before its measures. */
const KEY_FIELDS = ['ResourceID', 'Date', 'Time'];
/** How many unknown names of a header are told. */
const MOST_SHOWN = 5;

/** Which field of a reading is its first measure. */
export const FIRST_MEASURE = KEY_FIELDS.length;

/** The fields of a reading, in the order of a line without a header. */
export const FIELDS: readonly string[] = [...KEY_FIELDS, ...MEASURE_TABLE.map(({ csv }) => csv)];

/** The columns of a file of mended rejects that say which one a row takes the place of, and who mended it. */
export const MARK_COLUMN = 'Reject';
export const BY_COLUMN = 'MendedBy';

/** Where a header puts the fields. */
export interface FieldPositions {
  /** Column numbers from 0, in the order of {@link FIELDS}. */
  readonly positions: readonly number[];
  /** How many fields each line has. */
  readonly count: number;
  /** Where a file of mended rejects says which one a row takes the place of, and who mended it; -1 where it does not. */
  readonly mended?: { readonly mark: number; readonly by: number };
}

/** The columns of a source without a header. */
export const USUAL_COLUMNS: FieldPositions = { positions: FIELDS.map((_, position) => position), count: FIELDS.length };

/** What a record says that is no reading. */
export type HeaderLine =
  /** It is no header. */
  | { readonly kind: 'none' }
  /** A header; `none` when it names the usual columns in the usual order. */
  | { readonly kind: 'header'; readonly columns: 'none' | FieldPositions }
  /** A header that can't be used: no row behind it may be read, or its values would go under other names. */
  | { readonly kind: 'unusable'; readonly reason: string };

/** What a header's separators may be; only the first is understood. */
const SEPARATORS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' } as const;
/** A line of this many known names is a header, whatever else stands in it. */
const FEWEST_NAMES = 2;
/** A header is no shorter and no longer than this, in characters. */
const SHORTEST_HEADER = 6;
const LONGEST_HEADER = 8192;

const folded = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
/** Names that show a header, though only {@link FIELDS} are understood: those of this program's own exports too. */
const KNOWN: ReadonlySet<string> = new Set([...FIELDS, ...MEASURES].map(folded));

/**
 * Reads a record that is no reading: its text, quotes and all. Names count in any case. A line that names two columns or
 * more is a header, also one that can't be understood; values below it belong to names that nobody knows.
 */
export function readHeaderLine(text: string): HeaderLine {
  if (text.length < SHORTEST_HEADER || text.length > LONGEST_HEADER || !/\p{L}\P{L}*[,;\t|]/u.test(text)) return { kind: 'none' };
  const line = text.replace(/^\ufeff?\s*#+\s*/u, '');
  const separator = (Object.keys(SEPARATORS) as (keyof typeof SEPARATORS)[]).find((each) => knownIn(line.split(each)) >= FEWEST_NAMES);
  if (separator === undefined) return { kind: 'none' };
  if (/\r(?!\n|$)/u.test(text)) return { kind: 'unusable', reason: 'the lines end in CR alone: expected LF or CRLF' };
  if (line !== text) return { kind: 'unusable', reason: 'the header is a comment: remove the # before it' };
  if (separator !== ',')
    return {
      kind: 'unusable',
      reason: `the header is separated by ${SEPARATORS[separator]}: expected commas, and a point in decimal numbers. ${PREVIEW}`,
    };
  return readNames(namesOf(line));
}

function readNames(names: readonly string[]): HeaderLine {
  const places = names.map((name) => name.toLowerCase());
  const positions = FIELDS.map((name) => places.indexOf(name.toLowerCase()));
  const missing = FIELDS.filter((_, field) => positions[field] === -1);
  if (missing.length > 0) return { kind: 'unusable', reason: lacking(missing, names) };
  const twice = FIELDS.find((name, field) => places.lastIndexOf(name.toLowerCase()) !== positions[field]);
  if (twice !== undefined) return { kind: 'unusable', reason: `the header names ${twice} twice: expected one column of that name` };
  const usual = names.length === FIELDS.length && positions.every((position, field) => position === field);
  const mark = places.indexOf(MARK_COLUMN.toLowerCase());
  const mended = mark < 0 ? undefined : { mark, by: places.indexOf(BY_COLUMN.toLowerCase()) };
  return { kind: 'header', columns: usual ? 'none' : { positions, count: names.length, ...(mended && { mended }) } };
}

/** What to do with a file whose header is another one. */
const PREVIEW = 'Files of another shape are described under formats: wellwatch preview FILE proposes how';

/** Which columns are not there, which names would do, and which names of the file nobody knows. */
function lacking(missing: readonly string[], names: readonly string[]): string {
  const unknown = names.filter((name) => name !== '' && !FIELDS.some((field) => field.toLowerCase() === name.toLowerCase()));
  const shown = unknown.slice(0, MOST_SHOWN).map(quoteField).join(', ');
  const more = unknown.length > MOST_SHOWN ? ' and more' : '';
  const rename = unknown.length > 0 ? `. Nobody knows ${shown}${more}: rename in the header what is one of these` : '';
  return `the header lacks ${missing.join(', ')}: expected the columns ${FIELDS.join(', ')} in any order${rename}. ${PREVIEW}`;
}

/** Whether a line may stand before a header and mean nothing: a comment, Excel's `sep=,`, or commas alone. */
export function isPreamble(text: string): boolean {
  return /^\s*#/u.test(text) || /^\s*"?sep=.?"?[,;\t\s]*$/iu.test(text) || /^[\s,]*,[\s,]*$/u.test(text);
}

function knownIn(names: readonly string[]): number {
  return new Set(names.map((name) => folded(bare(name))).filter((name) => KNOWN.has(name))).size;
}

/** The names of a header, by the rules of CSV as far as it keeps them. */
function namesOf(line: string): string[] {
  try {
    const [names] = parseCsv(line, { trim: true, relax_column_count: true });
    return names.map(trimSpaces);
  } catch {
    return line.split(',').map(bare); // its quotes make no sense: it is refused for what is missing, or it is a header all the same
  }
}

/** A name without its quotes and the spaces around. */
function bare(name: string): string {
  const trimmed = trimSpaces(name.replace(/\r$/u, ''));
  return /^".*"$/su.test(trimmed) ? trimSpaces(trimmed.slice(1, -1).replaceAll('""', '"')) : trimmed;
}
