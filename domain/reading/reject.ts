import type { RejectMark, Replayed } from './rejectMark.ts';

/** A row that could not be taken, kept with the reason. */
export interface Reject {
  /**
   * What makes the same bad row of the same content the same reject: a digest of the row and of all
   * that stood before it in its source. A reject whose id is stored already is counted, not listed again.
   */
  readonly id: string;
  /** The file's name as it was dropped, or `mqtt:` and the topic. */
  readonly source: string;
  /** The physical line on which the row begins, from 1, within the file or the payload. */
  readonly line: number;
  /** What was expected and what came: "expected PressureLbs to be a number, got `abc`". */
  readonly reason: string;
  /** The row as it came, at most {@link RAW_LIMIT} characters; bytes that are no UTF-8 become U+FFFD. */
  readonly raw: string;
  /** When it was received: ms since 1970-01-01T00:00Z. Those that older versions kept have none. */
  readonly receivedAt?: number;
  /** In which columns of `raw`, from 0, the fields of a reading stand, in their usual order; only where it has the right number of them. */
  readonly columns?: readonly number[];
  /** The reject whose place it was to take: it was mended, and is wrong still. */
  readonly mends?: RejectMark;
  /** The number of the newest reject that was to take its place. */
  readonly attempt?: number;
  /** A row has taken its place. */
  readonly replayed?: Replayed;
}

/** How much of a bad row is kept, in characters. */
export const RAW_LIMIT = 1024;

/** When a reject was received, as an ISO 8601 instant of UTC; null where that is not known. */
export function instantText(receivedAt: number | undefined): string | null {
  return receivedAt === undefined ? null : new Date(receivedAt).toISOString();
}
