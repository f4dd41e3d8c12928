import { UNKNOWN } from '../../domain/reading/measures.ts';
import type { Columns } from './columns.ts';

/** Takes the cells out of a row that were received at or before a time. Says whether there were any: all, when the row was. */
export function dropExpiredCells({ receivedAt, values, cellReceipts }: Columns, row: number, expiredBefore: number): boolean {
  if (receivedAt[row] <= expiredBefore) return true;
  if (!cellReceipts) return false;
  let dropped = false;
  for (let c = 0; c < values.length; c++) {
    if (cellReceipts[c][row] > expiredBefore) continue;
    values[c][row] = UNKNOWN;
    dropped = true;
  }
  return dropped;
}

/** Removes rows and cells received at or before a time, looking at those from `from` on. */
export function keepUnexpired(rows: Columns, expiredBefore: number, from = 0): void {
  let kept = from;
  for (let row = from; row < rows.length; row++) {
    if (rows.receivedAt[row] <= expiredBefore) continue;
    dropExpiredCells(rows, row, expiredBefore);
    rows.moveRow(row, kept++);
  }
  rows.length = kept;
}
