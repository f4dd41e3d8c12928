import { UNKNOWN } from '../../../domain/reading/measures.ts';
import { DATA_COLUMNS, decodeValue } from './cells.ts';
import type { CellRow } from '../gateway/client.ts';

const columnIndex = new Map(DATA_COLUMNS.map((column, index) => [column, index]));

/** Readings as HBase had them, as columns: what their keys say is kept elsewhere. */
export interface ReadingCells {
  readonly receivedAt: Float64Array;
  readonly values: readonly Float64Array[];
}

/**
 * Takes the `data` cells of a row into row `at`; measures that have no cell are unknown. False when the row is no
 * reading: it has no measure, or was received at or before `expiredBefore` and is as good as gone.
 */
export function takeReading({ Cell }: CellRow, into: ReadingCells, at: number, expiredBefore: number): boolean {
  let receivedAt = -Infinity;
  for (const column of into.values) column[at] = UNKNOWN;
  for (const { column, timestamp, $ } of Cell) {
    const index = columnIndex.get(column);
    if (index === undefined) continue;
    const value = decodeValue($);
    if (!Number.isFinite(value)) return false;
    into.values[index][at] = value;
    if (timestamp > receivedAt) receivedAt = timestamp;
  }
  into.receivedAt[at] = receivedAt;
  return receivedAt !== -Infinity && receivedAt > expiredBefore;
}
