/** How a receiver is just now, whatever its kind. */
export interface ReceiverStatus {
  readonly state: string;
  /** When the last rows came, ISO 8601 in UTC; null before the first. */
  readonly lastMessageAt: string | null;
  /** Rows, or records, that are there and that the table lacks, where somebody counts them; null while that is not known. */
  readonly lag?: number | null;
  /** What went wrong last; null if nothing ever did. */
  readonly lastError: string | null;
}
