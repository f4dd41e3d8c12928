import { pendingRows as rowsBeyond } from '../../storage/journal/recover.ts';
import { JOURNAL_START, type JournalPosition, listSegments } from '../../storage/journal/segments.ts';
import type { Json } from '../../storage/table/state.ts';
import type { SourceState } from '../decode/decoder.ts';

/** The position in the journal is kept in the job's state under this name. */
export const JOURNAL_STATE = 'journal';

/** Up to where the table has the journal's rows; inside a frame when a step ended there. */
export interface JournalProgress {
  readonly at: JournalPosition;
  /** Messages of the frame that are done. */
  readonly messages: number;
  /** Their rows, as their decoders count them. */
  readonly rows: number;
  /** Where the next message stands, when it did not fit whole. */
  readonly inMessage?: SourceState;
}

/**
 * The journal position of a stored state: the start of the frame in which the table stands. A table that
 * never took from this journal begins with the oldest segment there is: another one may have taken those before.
 */
export function journalPosition(dir: string, state: ReadonlyMap<string, Json>): JournalPosition {
  return progressOf(state)?.at ?? { ...JOURNAL_START, segment: listSegments(dir)[0] ?? JOURNAL_START.segment };
}

/** How many rows are in the journal but not in the table: safe beside a running job. */
export function pendingRows(dir: string, state: ReadonlyMap<string, Json>): number {
  return Math.max(0, rowsBeyond(dir, journalPosition(dir, state)) - (progressOf(state)?.rows ?? 0));
}

function progressOf(state: ReadonlyMap<string, Json>): JournalProgress | undefined {
  return state.get(JOURNAL_STATE) as unknown as JournalProgress | undefined;
}

/** Where a stored state stands in the journal, inside a frame when a step ended there. */
export function journalProgress(dir: string, state: ReadonlyMap<string, Json>): JournalProgress {
  return progressOf(state) ?? { at: journalPosition(dir, state), messages: 0, rows: 0 };
}
