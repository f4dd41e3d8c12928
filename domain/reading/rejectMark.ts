/** Which reject a mended row takes the place of. The check tells that it is a reject of this table, and not one that has its number. */
export interface RejectMark {
  readonly number: number;
  readonly check: string;
}

/** A row that came in the place of a reject. */
export interface Replay {
  /** Its row number in the step's readings. */
  readonly row: number;
  readonly of: RejectMark;
  /** Who mended it, as the file says; null where it says nothing. */
  readonly by: string | null;
  /** The file, and the line in it. */
  readonly source: string;
  readonly line: number;
}

/** That a reject has been mended: the row that took its place, by whom, and when that was received, ms since 1970-01-01T00:00Z. */
export interface Replayed extends Pick<Replay, 'by' | 'source' | 'line'> {
  readonly at: number;
}

const CHECK_ID = 8;
const MARK = /^reject-(\d{1,15})-([0-9a-z]{1,24})$/;

/** The mark of a reject: its number in order of arrival from 1, its id, and when it was received, if that is known. */
export function markOf(
  { number, id, receivedAt }: { readonly number: number; readonly id: string; readonly receivedAt?: number },
): RejectMark {
  return { number, check: `${id.slice(0, CHECK_ID)}${receivedAt === undefined ? '' : receivedAt.toString(36)}` };
}

/** A mark as it stands in a file: nothing that a spreadsheet takes for a number or a date. */
export function markText({ number, check }: RejectMark): string {
  return `reject-${number}-${check}`;
}

/** The mark that a text is, or undefined. */
export function readMark(text: string): RejectMark | undefined {
  const match = MARK.exec(text.trim());
  return match ? { number: Number(match[1]), check: match[2] } : undefined;
}
