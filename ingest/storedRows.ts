import type { Readings } from '../domain/readings.ts';
import type { Json } from '../storage/table.ts';

/** Whoever keeps something of the rows that were stored: windows, files beside the table. */
export interface StoredRows {
  /**
   * A step's rows, and which of them are duplicates (1 at their row numbers), before anything of the step is durable.
   * What it gives commits with the step. May come twice for the same step, and then has to come to the same.
   */
  decided(readings: Readings, duplicates: Uint8Array): Readonly<Record<string, Json>>;
  /** The step is in the table. */
  committed?(): Promise<void>;
}

/** What all of them want to commit with a step. */
export function decidedBy(keepers: readonly StoredRows[], readings: Readings): ((duplicates: Uint8Array) => Record<string, Json>) | undefined {
  if (keepers.length === 0) return undefined;
  return (duplicates) => Object.assign({}, ...keepers.map((keeper) => keeper.decided(readings, duplicates))) as Record<string, Json>;
}
