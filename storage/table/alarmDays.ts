/** What somebody who folds alarms keeps of a pump-day: bytes that mean nothing to the table. */
export interface KeptAlarmDay {
  readonly pump: string;
  readonly day: number;
  readonly bytes: Uint8Array;
}

/**
 * What follows from the readings of pump-days for alarms, kept so that it need not be found again: it goes by `changedAt` of its
 * pump-day, and outlives readings that expire. A table on the network keeps nothing of the kind.
 */
export interface StoredAlarmDays {
  /** What is kept of a pump, by day number, in order. */
  alarmDays(pump: string): Promise<ReadonlyMap<number, Uint8Array>>;
  /** Keeps pump-days, in the place of what was kept of them; on disk when it returns. Needs a table opened as `batch` at least. */
  keepAlarmDays(kept: readonly KeptAlarmDay[]): Promise<void>;
}
