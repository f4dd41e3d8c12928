import { isUnknown, type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import { cellReceipt } from '../../../domain/reading/readings.ts';
import type { Table } from '../../../storage/table/table.ts';
import { type Row, time } from '../../support/steps.ts';
import type { CellRow } from './tableModel.ts';

/** The columns that were asked for, of all readings of a pump. */
export async function onlyOf(table: Table, pump: string, only: { measures: readonly number[]; receipts: boolean }): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { length, time: times, receivedAt, values } of table.readings(pump, { only }))
    for (let i = 0; i < length; i++) rows.push([times[i], ...only.measures.map((c) => values[c][i]), ...(only.receipts ? [receivedAt[i]] : [])]);
  return rows;
}

/** All readings of a pump, or those of a range, as rows. */
export async function rowsOf(table: Table, pump: string, range: { from?: number; to?: number } = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const piece of table.readings(pump, range)) {
    for (let i = 0; i < piece.length; i++) {
      rows.push({
        pump: piece.names[piece.pump[i]], time: piece.time[i], receivedAt: piece.receivedAt[i],
        values: piece.values.map((column) => column[i]),
      });
    }
  }
  return rows;
}

/** The same, with the time of receipt of each cell. */
export async function cellsOf(table: Table, pump: string, range: { from?: number; to?: number } = {}): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const piece of table.readings(pump, range)) {
    for (let i = 0; i < piece.length; i++) {
      const values = piece.values.map((column) => column[i]);
      const receipts = values.map((value, c) => (isUnknown(value) ? NaN : cellReceipt(piece, i, c)));
      rows.push({ pump: piece.names[piece.pump[i]], time: piece.time[i], receivedAt: piece.receivedAt[i], values, receipts });
    }
  }
  return rows;
}

/** A reading that has some cells only, told by measure. */
export function part(pump: string, at: string, cells: Partial<Record<Measure, number>>, receivedAt = 1): Row {
  return { pump, time: time(at), receivedAt, values: MEASURES.map((measure) => cells[measure] ?? NaN) };
}
