import type { Breach } from '../../domain/alarm/breach.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { Json } from '../../storage/table/state.ts';

/** What else is known of a step. */
export interface StepFacts {
  /** When the interval of its batch began: ms since 1970-01-01T00:00Z. Never falls from step to step. */
  readonly batch: number;
  /** The rows that break a rule, duplicates among them. */
  readonly breaches: readonly Breach[];
}

/**
 * Keeps something of the rows that are stored, in step with the table: windows, files beside it.
 *
 *   decided ── what it returns commits with the step ──► committed          over: its batch has ended
 */
export interface StepKeeper {
  /**
   * The table has decided which rows of a step are duplicates (1 at their row numbers), and nothing of the step is durable
   * yet. What a keeper returns commits with the step. The table may call it again for the same step: the keeper has to
   * return the same then.
   */
  decided(readings: Readings, duplicates: Uint8Array, step: StepFacts): Readonly<Record<string, Json>>;
  /** The step is in the table. */
  committed?(): Promise<void> | void;
  /** Batches whose interval began before this time are over: no row comes into them any more. */
  over?(time: number): void;
}

/** The keeper that knows of event time. */
export interface LatenessKeeper extends StepKeeper {
  /** How many rows of the last committed step were late. */
  readonly late: number;
}

/** Asks all keepers; gives what they want to commit with a step. Undefined when there is no keeper to ask. */
export function keptOf(
  keepers: readonly StepKeeper[],
  readings: Readings,
  step: StepFacts,
): ((duplicates: Uint8Array) => Record<string, Json>) | undefined {
  if (keepers.length === 0) return undefined;
  return (duplicates) => Object.assign({}, ...keepers.map((keeper) => keeper.decided(readings, duplicates, step))) as Record<string, Json>;
}
