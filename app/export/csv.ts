import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';
import type { Column, ColumnType, Value } from '../../storage/parquet/columnTypes.ts';

/** One line of RFC 4180 CSV, without its end. Numbers are doubles, see {@link doubleCell}. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells.map((cell) => (typeof cell === 'number' ? doubleCell(cell) : textCell(cell))).join(',');
}

/** A text cell. A spreadsheet takes one that begins with `= + - @`, TAB or CR for a formula, so an apostrophe goes before it. */
export function textCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * A double as any reader takes it for one, with the fewest digits that give it back: `85.0`, `-0.0`, `1e+21`. DuckDB and polars tell
 * a column's type from its first rows: where these are whole they take integers, lose -0 and round or refuse the rest. An infinite
 * one or NaN is an empty cell.
 */
export function doubleCell(value: number): string {
  const text = numberCell(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** A number in the fewest digits, `-0` too; an infinite one or NaN is an empty cell. */
function numberCell(value: number): string {
  if (!Number.isFinite(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The text of a value that is not null. Times are as they are written everywhere else; an instant is UTC. */
const CELLS: Readonly<Record<ColumnType, (value: never) => string>> = {
  text: textCell,
  double: doubleCell,
  count: String,
  boolean: String,
  date: formatDay,
  wallTime: formatTime,
  instant: (ms: number) => new Date(ms).toISOString(),
};

/** The line of names above rows of these columns. */
export function columnHeads(columns: readonly Column[]): string {
  return csvLine(columns.map(({ name }) => name));
}

/** As Excel reads them: a time with a T in it is a text to it, and where the comma is decimal so is a whole number with a point. */
const EXCEL_CELLS: typeof CELLS = {
  ...CELLS,
  double: numberCell,
  wallTime: (time: number) => formatTime(time).replace('T', ' '),
  instant: (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', ''),
};

/** Who reads the lines: any program, Excel, or one that asked over HTTP, whose numbers are short but for the first of each column. */
export type CsvReader = 'program' | 'excel' | 'client';

/** What makes a line of a row of these columns. Null leaves its cell empty. */
export function rowLine(
  columns: readonly Column[],
  { reader = 'program' }: { readonly reader?: CsvReader } = {},
): (row: readonly Value[]) => string {
  const texts = reader === 'excel' ? EXCEL_CELLS : CELLS;
  const cells = columns.map(({ type }) => (
    type === 'double' && reader === 'client' ? shortAfterTheFirst() : texts[type]
  ) as (value: Value) => string);
  return (row) => row.map((value, i) => (value === null ? '' : cells[i](value))).join(',');
}

/** The first number of a column tells its type; those after it need no more digits than they have. */
function shortAfterTheFirst(): (value: number) => string {
  let isTold = false;
  return (value) => {
    if (isTold) return numberCell(value);
    isTold = true;
    return doubleCell(value);
  };
}
