import { isUnknown, UNKNOWN } from '../../../domain/reading/measures.ts';
import { DATA_COLUMNS, decodeValue } from './cells.ts';
import type { CellRow } from '../gateway/client.ts';

const columnIndex = new Map(DATA_COLUMNS.map((column, index) => [column, index]));

/** Readings as HBase had them, as columns: what their keys say is kept elsewhere. */
export interface ReadingCells {
  readonly receivedAt: Float64Array;
  readonly values: readonly Float64Array[];
  /** Those of single cells, for whoever minds. */
  readonly cellReceipts?: readonly Float64Array[] | undefined;
}

/**
 * Takes the `data` cells of a row into row `at`; measures that have no cell are unknown, and cells received at or before
 * `expiredBefore` are as good as gone. False when the row is no reading: no cell is left.
 */
export function takeReading({ Cell }: CellRow, into: ReadingCells, at: number, expiredBefore: number): boolean {
  let receivedAt = -Infinity;
  for (const column of into.values) column[at] = UNKNOWN;
  for (const { column, timestamp, $ } of Cell) {
    const index = columnIndex.get(column);
    if (index === undefined) continue;
    const value = decodeValue($);
    if (!Number.isFinite(value)) return false;
    if (timestamp <= expiredBefore) continue;
    into.values[index][at] = value;
    if (into.cellReceipts) into.cellReceipts[index][at] = timestamp;
    if (timestamp > receivedAt) receivedAt = timestamp;
  }
  into.receivedAt[at] = receivedAt;
  for (const [c, column] of (into.cellReceipts ?? []).entries()) if (isUnknown(into.values[c][at])) column[at] = receivedAt;
  return receivedAt !== -Infinity;
}
