import type { Alert } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import { type Counts, NO_COUNTS, type ReceiverName } from '../../domain/balance.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { Pump, Maintenance } from '../../domain/pump/reference.ts';
import type { Reject } from '../../domain/reading/reject.ts';

/** A value that goes through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One step of the streaming job: what is committed together, or not at all. Nothing in it is kept by
 * the table after `write` has returned.
 */
export interface Step {
  /** Who is credited with the rows; null for rows that are copied from another table, which nobody receives. */
  readonly receiver: ReceiverName | null;
  readonly readings: Readings;
  /** The rows of `readings` that break a rule, in any order. */
  readonly breaches: readonly Breach[];
  readonly rejects: readonly Reject[];
  /**
   * Positions in journal and files up to which the table is complete with this step, and whatever else
   * the job remembers, by name. Only what changed; null forgets a name.
   */
  readonly state: Readonly<Record<string, Json>>;
  /**
   * Told which rows are duplicates (1 at their row numbers) as soon as that is decided, and before anything of the step
   * is durable; what it gives commits with `state`. For what is kept of stored rows only. It may be called again for the
   * same step, and is not called for one that a crash interrupted: what it gave then is remembered.
   */
  readonly onDecided?: ((duplicates: Uint8Array) => Readonly<Record<string, Json>>) | undefined;
}

/**
 * The newest time of receipt that is stored is kept in the job's state under this name: times of receipt rise strictly
 * from step to step.
 */
export const RECEIPT_STATE = 'receipt';

/** The newest time of receipt of a stored state: ms since 1970-01-01T00:00Z, 0 when it has none. */
export function newestReceipt(state: ReadonlyMap<string, Json>): number {
  const newest = state.get(RECEIPT_STATE);
  return typeof newest === 'number' ? newest : 0;
}

/** What a step did that a crash had interrupted. */
export interface Recovered {
  readonly counts: Counts;
  /** Alerts that nobody has been told of yet, and alerts that hold no longer. */
  readonly raised: readonly Alert[];
  readonly withdrawn: readonly Alert[];
}

/** When nothing was interrupted. */
export const NOTHING_RECOVERED: Recovered = { counts: NO_COUNTS, raised: [], withdrawn: [] };

/** What became of a step. */
export interface Outcome {
  readonly counts: Counts;
  /** The breaches that became alerts now: not those of duplicate rows, of rows replaced within the step, or of corrections that leave the alarming value as it was. */
  readonly raised: readonly Breach[];
  /** Alerts that were stored and hold no longer, because a later receipt replaced their reading. */
  readonly withdrawn: readonly Alert[];
  /** Rows that went in among older rows of their pump: they cost more, so steps grow with their share. */
  readonly outOfOrder: number;
}

/** A half-open range of wall times: `from` inclusive, `to` exclusive; absent means unbounded. */
export interface TimeRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Which alerts, or which of whatever has pump and time. */
export interface Selection extends TimeRange {
  readonly pump?: string | undefined;
}

/** Which pump-days: day numbers, both inclusive. */
export interface DaySelection {
  readonly pump?: string | undefined;
  readonly fromDay?: number | undefined;
  readonly toDay?: number | undefined;
}

/** Which of them have changed: those with a greater `changedAt`. */
export interface ChangeSelection extends DaySelection {
  readonly changedAfter?: number | undefined;
}

/** A reject, and its number in order of arrival, from 1. */
export interface NumberedReject extends Reject {
  readonly number: number;
}

/** Which rejects: up to so many, with numbers below `before`. */
export interface RejectSelection {
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Rejects, the newest first, and how many there are of all. */
export interface NewestRejects {
  readonly items: readonly NumberedReject[];
  readonly total: number;
}

/** A pump-day that has, or had, readings. */
export interface PumpDay {
  readonly pump: string;
  readonly day: number;
  /** Number of the step that last changed a reading of it. */
  readonly changedAt: number;
  /** `changedAt` as it was when its statistics were computed; 0 when they never were. Up to date when both are equal. */
  readonly computedAt: number;
  /** Readings of it have expired: its statistics stay as they are. */
  readonly expired: boolean;
}

/** Statistics of a pump-day, and the state of it that they describe. */
export interface ComputedDay {
  readonly day: PumpDay;
  /** Null clears the mark and leaves the stored statistics alone. */
  readonly stats: DayStats | null;
}

/** Reference data as it was last read whole. */
export interface SavedReference {
  readonly pumps: readonly Pump[];
  readonly maintenance: readonly Maintenance[];
}

/**
 * The wide-column table `sensor` (docs/table.md): readings (`data`), alerts (`alerts`), daily statistics
 * (`stats`), and beside them what commits with a step: rejects, counts and positions. There is one
 * writer of steps and one of statistics; any number of readers, in other processes too, each of which
 * sees whole steps only. Pumps come in order of the bytes of their UTF-8 ids, then times rise.
 *
 * Every method throws AppError STORE_UNAVAILABLE when the store can't be reached or written,
 * STORE_DAMAGED when what it holds can't be read.
 */
export interface Table {
  /**
   * Makes the table ready for steps: brings its schema up, and finishes the step that a crash interrupted. To be
   * awaited by the writer before it asks for `state`. Waits for a store that is away, as long as it may. Gives what
   * the interrupted step did.
   */
  recover(): Promise<Recovered>;
  /** Commits a step; when it returns, all of it is on disk. The later receipt of a key wins, an equal row is a duplicate. */
  write(step: Step): Promise<Outcome>;
  /** What `write` credited to each receiver since the table was made. */
  counts(): Promise<Readonly<Record<ReceiverName, Counts>>>;
  /** The job's positions and state: what is kept under names that begin with `prefix`, by default all. */
  state(prefix?: string): Promise<ReadonlyMap<string, Json>>;

  /** The pumps that have readings, have had them, or have statistics. */
  pumps(): Promise<string[]>;
  /** The values at a key, in the order of MEASURES, or undefined. */
  lookup(pump: string, time: number): Promise<readonly number[] | undefined>;
  /** One pump's readings in order of time, in pieces that hold until the next is asked for, from one snapshot. Keep it short: it holds back the reuse of disk space. */
  readings(pump: string, range: TimeRange): AsyncIterable<Readings>;
  /** The last reading of a pump, as a piece of one row, or undefined. */
  lastReading(pump: string): Promise<Readings | undefined>;
  /** The time of it, from what is known without asking a store on the network if possible. A reading that has expired may count. */
  newestTime(pump: string): Promise<number | undefined>;
  /** Alerts by pump, then time, then rule; in pieces. */
  alerts(selection: Selection): AsyncIterable<readonly Alert[]>;
  /** Rejects in order of arrival, in pieces. */
  rejects(): AsyncIterable<readonly Reject[]>;
  /** Rejects from the newest back. */
  newestRejects(selection: RejectSelection): Promise<NewestRejects>;

  /** Pump-days by pump, then day, in pieces. Asked for changes, it looks at all of the selection and gives pieces without any. */
  days(selection: ChangeSelection): AsyncIterable<readonly PumpDay[]>;
  /** Stored daily statistics by pump, then day, in pieces. */
  stats(selection: DaySelection): AsyncIterable<readonly DayStats[]>;
  /** Stores statistics; on disk when it returns. */
  writeStats(computed: readonly ComputedDay[]): Promise<void>;

  /** The last reference data that could be read, or undefined. */
  savedReference(): Promise<SavedReference | undefined>;
  saveReference(reference: SavedReference): Promise<void>;

  /** Removes what has expired; does a bounded piece of the work and says whether more is left. */
  expire(): Promise<boolean>;
  close(): Promise<void>;
}
