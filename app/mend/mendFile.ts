import { RAW_LIMIT, type Reject } from '../../domain/reading/reject.ts';
import { markOf, markText } from '../../domain/reading/rejectMark.ts';
import { visible } from '../../domain/text.ts';
import { parseNumber } from '../../ingest/decode/csv/fields.ts';
import { splitFields } from '../../ingest/decode/csv/generalRows.ts';
import { BY_COLUMN, FIELDS, MARK_COLUMN } from '../../ingest/decode/csv/header.ts';
import type { NumberedReject } from '../../storage/table/rejects.ts';
import { textCell } from '../export/csv.ts';

/*
 * A file of rejects to mend: the fields of a reading, whose place the row takes and who mended it, and what helps whoever mends
 * it. The inbox ignores the rest. It begins with a BOM, by which a spreadsheet knows UTF-8.
 *
 *   ResourceID,Date,…,ChlorinePPM,Reject,MendedBy,Reason,Source,Line,Received,Raw
 */
const HEAD = [...FIELDS, MARK_COLUMN, BY_COLUMN, 'Reason', 'Source', 'Line', 'Received', 'Raw'];

/** The first line of a file of rejects to mend, without its end. */
export const MEND_HEAD = `\ufeff${HEAD.join(',')}`;

/** A line of it, without its end: the reject, the nine fields as they are to be, and who mends it. */
export function mendLine(reject: NumberedReject, fields: readonly string[], by: string): string {
  const { reason, source, line, raw, receivedAt } = reject;
  const received = receivedAt === undefined ? '' : new Date(receivedAt).toISOString();
  return [...fields, markText(markOf(reject)), by, visible(reason), visible(source), String(line), received, visible(raw)].map(cell).join(',');
}

/** A number stays one, also below zero. */
function cell(text: string): string {
  return parseNumber(text) === undefined ? textCell(text) : text;
}

/** Whether the text of a row is kept whole, so that it can be mended. */
export function isWhole({ raw }: Pick<Reject, 'raw'>): boolean {
  return Buffer.byteLength(raw) < RAW_LIMIT - 1;
}

/** Whether a reject waits to be mended: nothing has taken its place, and no newer reject was to. */
export function isOpen({ replayed, attempt }: Reject): boolean {
  return replayed === undefined && attempt === undefined;
}

/** The fields of a reading as they stand in a reject's text, in their usual order; undefined where it can't be told which is which. */
export function fieldsOf({ raw, columns }: Pick<Reject, 'raw' | 'columns'>): readonly string[] | undefined {
  if (!columns) return undefined;
  try {
    const [fields] = splitFields([raw]);
    return FIELDS.map((_, field) => fields[columns[field]]?.trim() ?? '');
  } catch {
    return undefined; // spaces around quotes, which the reader of files takes and csv-parse does not
  }
}

/** The same where it can be told, and otherwise nine empty ones to fill in. */
export function fieldsToMend(reject: Reject): readonly string[] {
  return fieldsOf(reject) ?? FIELDS.map(() => '');
}
