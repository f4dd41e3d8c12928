import { RAW_LIMIT, type Reject } from '../../../domain/reading/reject.ts';
import { type RejectMark, readMark, type Replay } from '../../../domain/reading/rejectMark.ts';
import { trimSpaces } from './fields.ts';
import { type FieldPositions, FIELDS, readHeaderLine, USUAL_COLUMNS } from './header.ts';
import { LF } from './ascii.ts';

const LONGEST_HEADER = 8192;
/** Longer names are cut. */
const MOST_BY = 64;

/** Whether a text begins as a file of mended rejects does: with a header that names the column of their marks. */
export function isMended(beginning: Buffer): boolean {
  const lf = beginning.subarray(0, LONGEST_HEADER).indexOf(LF);
  const line = beginning.toString('utf8', 0, lf < 0 ? Math.min(beginning.length, LONGEST_HEADER) : lf).replace(/^\ufeff/u, '');
  const header = readHeaderLine(line);
  return header.kind === 'header' && header.columns !== 'none' && header.columns.mended !== undefined;
}

/** Whose place a row takes, from its fields, and who mended it; undefined for any other row. */
export function mendsOf(fields: readonly string[], { mended }: FieldPositions): Pick<Replay, 'of' | 'by'> | undefined {
  const of: RejectMark | undefined = mended && readMark(fields[mended.mark] ?? '');
  if (!mended || !of) return undefined;
  const by = trimSpaces(fields[mended.by] ?? '').replace(/\p{Cc}/gu, ' ').slice(0, MOST_BY);
  return { of, by: by === '' ? null : by };
}

/** A mended row that is wrong still, as its reject shows it: the fields of a reading alone, in their usual order. */
export function mendedRaw(fields: readonly string[], { positions }: FieldPositions): Pick<Reject, 'raw' | 'columns'> {
  const texts = FIELDS.map((_, field) => trimSpaces(fields[positions[field]] ?? ''));
  const cells = texts.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  return { raw: cells.join(',').slice(0, RAW_LIMIT), columns: USUAL_COLUMNS.positions };
}

/** The fields of a row of a mended file without the apostrophes by which a spreadsheet takes no text for a formula. */
export function withoutApostrophes(fields: readonly string[]): string[] {
  return fields.map((field) => (/^'[=+\-@\t\r]/.test(field) ? field.slice(1) : field));
}
