import { SPACES } from '../../ingest/decode/mapping/format.ts';
import { Records } from '../../ingest/decode/mapping/csv/records.ts';
import { namesOf } from '../../ingest/decode/mapping/csv/columns.ts';
import { isSerial, kindOfTime } from './guessTime.ts';
import { hasTimeParts, timeParts } from './timeParts.ts';

/** How a delimited text is laid out. */
export interface TableShape {
  readonly delimiter: string;
  /** The names of the header; undefined without one. */
  readonly names: readonly string[] | undefined;
  /** The header's line, from 1. */
  readonly headerLine: number | undefined;
  /** Records between the header and the first row. */
  readonly units: readonly (readonly string[])[];
  /** Beginnings of lines that are comments. */
  readonly skip: readonly string[];
  /** The rows, as fields. */
  readonly rows: readonly (readonly string[])[];
}

interface Line {
  readonly fields: readonly string[];
  readonly line: number;
}

const DELIMITERS = [';', '\t', '|', ','] as const;
/** Asked last: most texts have spaces. */
const ALIGNED = [SPACES];
/** So many rows are enough to tell the shape. */
const SHAPE_ROWS = 400;

/** The layout of a text, by the delimiter that makes the best table of it: a header decides, as decimal commas are in rows alone. */
export function shapeOf(text: string): TableShape | undefined {
  return bestOf(text, DELIMITERS) ?? bestOf(text, ALIGNED);
}

function bestOf(text: string, delimiters: readonly string[]): TableShape | undefined {
  const shapes = delimiters.flatMap((delimiter) => shapeWith(text, delimiter) ?? []);
  return shapes.sort((a, b) => b.score - a.score)[0]?.shape;
}

function shapeWith(text: string, delimiter: string): { readonly shape: TableShape; readonly score: number } | undefined {
  const { lines, skip } = linesOf(text, delimiter);
  const count = usualCount(lines);
  if (count < 2) return undefined;
  const firstRow = firstRowOf(lines, count);
  if (firstRow < 0) return undefined;
  const heads = lines.slice(0, firstRow).filter(({ fields }) => fields.length === count);
  const header = headerOf(heads, count);
  const units = header ? heads.slice(heads.indexOf(header) + 1).map(({ fields }) => fields) : [];
  const isHeaderAgain = ({ fields }: Line) => header !== undefined && fields.join('\n') === header.fields.join('\n');
  const rows = lines.slice(firstRow).filter((line) => line.fields.length === count && !isHeaderAgain(line)).map(({ fields }) => fields);
  const share = rows.length / (lines.length - firstRow);
  const shape = {
    delimiter, skip, units, rows,
    names: header && namesOf(header.fields),
    headerLine: header?.line,
  };
  return { shape, score: (header ? 2 : 0) + share + count / 1000 };
}

/** The first line with a time, or -1. Numbers of days look like any number: they count where nothing else is a time. */
function firstRowOf(lines: readonly Line[], count: number): number {
  const dated = timeColumn(lines, count, isTimeLike);
  if (dated < 0) {
    const header = lines.findIndex(({ fields }) => fields.length === count && timeParts(fields) !== undefined);
    const parts = header < 0 ? undefined : timeParts(lines[header].fields);
    if (parts) return lines.findIndex(({ fields }, at) => at > header && fields.length === count && hasTimeParts(fields, parts));
  }
  const isTime = dated < 0 ? isSerial : isTimeLike;
  const at = dated < 0 ? timeColumn(lines, count, isSerial) : dated;
  return lines.findIndex(({ fields }) => fields.length >= count && at >= 0 && isTime(fields[at].trim()));
}

/** The records of the beginning of a text, without blank lines and comments. */
function linesOf(text: string, delimiter: string): { readonly lines: Line[]; readonly skip: string[] } {
  const records = new Records(text, { delimiter, final: true });
  const lines: Line[] = [];
  const skip = new Set<string>();
  let line = 1;
  for (let at = 0; at < text.length && lines.length < SHAPE_ROWS; at = records.next, line += records.lines) {
    if (records.read(at) !== 'fields') continue;
    const comment = /^["\s]*(#|\*|\[|\/\/)/.exec(text.slice(at, at + 20))?.[1];
    if (comment === undefined) lines.push({ fields: [...records.fields], line });
    else skip.add(comment);
  }
  return { lines, skip: [...skip] };
}

/** The column that has times most often, or -1: titles above the header may have some elsewhere. */
function timeColumn(lines: readonly Line[], count: number, isTime: (field: string) => boolean): number {
  const times = Array.from({ length: count }, (_, index) =>
    lines.filter(({ fields }) => fields.length >= count && isTime(fields[index].trim())).length);
  return Math.max(...times) > 0 ? times.indexOf(Math.max(...times)) : -1;
}

/** Of the lines above the rows the first of those that have the most names: a title is shorter. */
function headerOf(heads: readonly Line[], count: number): Line | undefined {
  const names = ({ fields }: Line) => fields.filter((field) => /\p{L}/u.test(field)).length;
  const most = Math.max(...heads.map(names));
  return most >= Math.min(2, count - 1) ? heads.find((line) => names(line) === most) : undefined;
}

function usualCount(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of lines) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

function isTimeLike(field: string): boolean {
  return kindOfTime(field) !== undefined || /^1\d{9}(\.\d+)?$|^1\d{12}$|^1\d{15}$|^1\d{18}$/.test(field);
}
