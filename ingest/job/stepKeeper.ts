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

/** Whoever keeps something of the rows that were stored: windows, files beside the table. */
export interface StoredRows {
  /**
   * A step's rows, and which of them are duplicates (1 at their row numbers), before anything of the step is durable.
   * What it gives commits with the step. May come twice for the same step, and then has to come to the same.
   */
  decided(readings: Readings, duplicates: Uint8Array, step: StepFacts): Readonly<Record<string, Json>>;
  /** The step is in the table. */
  committed?(): Promise<void> | void;
  /** How many rows of the last step that is in the table were late, for whoever knows of event time. */
  readonly late?: number;
  /** Batches whose interval began before this time are over: no row comes into them any more. */
  over?(time: number): void;
}

/** What all of them want to commit with a step. */
export function decidedBy(
  keepers: readonly StoredRows[],
  readings: Readings,
  step: StepFacts,
): ((duplicates: Uint8Array) => Record<string, Json>) | undefined {
  if (keepers.length === 0) return undefined;
  return (duplicates) => Object.assign({}, ...keepers.map((keeper) => keeper.decided(readings, duplicates, step))) as Record<string, Json>;
}
