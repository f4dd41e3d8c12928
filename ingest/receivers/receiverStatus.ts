/** How a receiver is just now, whatever its kind. */
export interface ReceiverStatus {
  readonly state: string;
  /** When the last rows came, ISO 8601 in UTC; null before the first. */
  readonly lastMessageAt: string | null;
  /** What went wrong last; null if nothing ever did. */
  readonly lastError: string | null;
}
