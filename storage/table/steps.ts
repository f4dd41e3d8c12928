import type { Alert } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import { type Counts, NO_COUNTS } from '../../domain/balance.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import type { Replay } from '../../domain/reading/rejectMark.ts';
import type { Json } from './state.ts';

/**
 * One step of the streaming job: what is committed together, or not at all. Nothing in it is kept by
 * the table after `write` has returned.
 */
export interface Step {
  /** The receiver that is credited with the rows; null for rows that are copied from another table, which nobody receives. */
  readonly receiver: ReceiverName | null;
  readonly readings: Readings;
  /** The rows of `readings` that break a rule, in any order. */
  readonly breaches: readonly Breach[];
  readonly rejects: readonly Reject[];
  /** By reject: its source, an index in the sources of `readings`; without it the first one's. */
  readonly rejectSources?: readonly number[];
  /** Rows of `readings` that take the place of rejects: these say so from now on. Those that are not listed any more are left out. */
  readonly replays?: readonly Replay[];
  /**
   * The rows are older than anybody knows, as those of retained messages are: they go only where no row is yet, and are
   * duplicates where one is, whatever it holds.
   */
  readonly onlyNew?: boolean;
  /**
   * Positions in journal and files up to which the table is complete with this step, and whatever else
   * the job remembers, by name. Only what changed; null forgets a name.
   */
  readonly state: Readonly<Record<string, Json>>;
  /**
   * Tells the job which rows are duplicates. For keepers of what is known of stored rows only, such as windows.
   *
   * - When: the table calls it as soon as it knows the fate of each row, before anything of the step is durable.
   * - How often: once, or again with the same answer when the table has to begin the step anew. The last call counts.
   *   A step that a crash interrupted and that `recover` finishes does not call it: the table has kept what it returned.
   * - `duplicates`: 1 at the row number of each duplicate, 0 at all others.
   * - It returns state, which commits with `state` and wins over it where both have a name.
   */
  readonly onDecided?: ((duplicates: Uint8Array) => Readonly<Record<string, Json>>) | undefined;
}

/** What `recover` did of a step that a crash had interrupted. */
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
  /** The breaches that became alerts now and are news; domain/alarm/news.ts lists the cases. */
  readonly raised: readonly Breach[];
  /** The breaches of rows that a later row of the step replaced. */
  readonly superseded: readonly Breach[];
  /** 1 at the number of each row that counts as replaced; undefined when none does. */
  readonly replacing: Uint8Array | undefined;
  /** Alerts that were stored and hold no longer, because a later receipt replaced their reading. */
  readonly withdrawn: readonly Alert[];
  /** Rows that went in among older rows of their pump: they cost more, so steps grow with their share. */
  readonly outOfOrder: number;
}

/** Where the job writes its steps: one writer at a time. */
export interface StepSink {
  /**
   * Makes the table ready for steps: brings its schema up, and finishes the step that a crash interrupted. The writer
   * awaits it before it asks for `state`. Waits for a store that is away, as long as it may. Returns what the
   * interrupted step did.
   */
  recover(): Promise<Recovered>;
  /** Commits a step; when it returns, all of it is on disk. The later receipt of a key wins, an equal row is a duplicate. */
  write(step: Step): Promise<Outcome>;
}
