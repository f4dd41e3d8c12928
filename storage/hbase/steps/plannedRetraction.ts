import type { TakenPiece } from '../../lmdb/takenRows.ts';
import type { ReplacedValue } from '../../lmdb/origins/changeLog.ts';
import { hexOf, valueOfHex } from './plannedOrigins.ts';

/** Cells of the `data` family that go, of one key. */
export interface GoneCells {
  readonly time: number;
  readonly columns: readonly string[];
  /** They and what is older goes; what comes later stays. */
  readonly timestamp: number;
}

/** What taking readings of a pump back does beside putting rows, as it goes into an intent: plain JSON. */
export interface PlannedRetraction extends Omit<TakenPiece, 'changes'> {
  readonly sources: readonly number[] | null;
  readonly receivedUntil: number;
  /** Of each row of the plan the cells, as bits, that hold another value than before, or none. */
  readonly changed: readonly number[];
  readonly gone: readonly GoneCells[];
  /** Days whose statistics in HBase hold no longer: they go, up to a timestamp. */
  readonly days: readonly number[];
  readonly statsAt: number;
  /** Those of them without a reading. */
  readonly emptyDays: readonly number[];
  /** The pump's last reading as it is then; null when it has none. */
  readonly last: number | null;
  readonly changes: readonly (Omit<ReplacedValue, 'value'> & { readonly value: string })[];
}

/** Values as JSON can hold them. */
export function plannedChanges(changes: readonly ReplacedValue[]): PlannedRetraction['changes'] {
  return changes.map((change) => ({ ...change, value: hexOf(change.value) }));
}

/** What is to be done in lmdb. */
export function takenPieceOf({ pump, times, bySource, changes }: PlannedRetraction): TakenPiece {
  return { pump, times, bySource, changes: changes.map((change) => ({ ...change, value: valueOfHex(change.value) })) };
}
