import { MEASURES, UNKNOWN } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';

/**
 * Columns of readings that lie in one stretch of memory: `time`, `receivedAt`, the measures, the receipts of their cells where
 * these have some of their own, then `pump`.
 */
export interface RowColumns extends Readings {
  readonly bytes: Uint8Array;
}

/** How many bytes so many rows take. */
export function columnBytes(rows: number, { measures, hasReceipts = false }: Omit<StoredColumns, 'bytes'>): number {
  return rows * ((2 + measures * (hasReceipts ? 2 : 1)) * 8 + 4);
}

/** Columns for so many rows over new bytes. */
export function newRowColumns(length: number, names: readonly string[], hasReceipts = false): RowColumns {
  const layout = { measures: MEASURES.length, hasReceipts };
  return rowColumns(length, names, { bytes: new Uint8Array(columnBytes(length, layout)), ...layout });
}

/** Bytes that were written as columns of so many measures, and begin at a multiple of 8. */
export interface StoredColumns {
  readonly bytes: Uint8Array;
  readonly measures: number;
  /** Whether the receipts of single cells are among them. */
  readonly hasReceipts?: boolean;
}

/** Columns over bytes. Measures that came after these were written are unknown. */
export function rowColumns(length: number, names: readonly string[], { bytes, measures, hasReceipts = false }: StoredColumns): RowColumns {
  const column = (index: number) => new Float64Array(bytes.buffer, bytes.byteOffset + index * length * 8, length);
  return {
    length, names, bytes,
    time: column(0),
    receivedAt: column(1),
    values: MEASURES.map((_, index) => (index < measures ? column(2 + index) : new Float64Array(length).fill(UNKNOWN))),
    cellReceipts: hasReceipts ? MEASURES.map((_, index) => column(index < measures ? 2 + measures + index : 1)) : undefined,
    pump: new Uint32Array(bytes.buffer, bytes.byteOffset + (2 + measures * (hasReceipts ? 2 : 1)) * length * 8, length),
  };
}

/** The rows that `order` names, copied; with receipts of single cells when they have some, or `hasReceipts` asks for them. */
export function copyRows(readings: Readings, order: Uint32Array, hasReceipts = readings.cellReceipts !== undefined): RowColumns {
  const { names, pump, time, receivedAt, values, cellReceipts } = readings;
  const rows = newRowColumns(order.length, [...names], hasReceipts);
  for (let i = 0; i < order.length; i++) rows.pump[i] = pump[order[i]];
  for (let i = 0; i < order.length; i++) rows.time[i] = time[order[i]];
  for (let i = 0; i < order.length; i++) rows.receivedAt[i] = receivedAt[order[i]];
  values.forEach((column, c) => {
    const target = rows.values[c];
    for (let i = 0; i < order.length; i++) target[i] = column[order[i]];
  });
  rows.cellReceipts?.forEach((target, c) => {
    const column = cellReceipts?.[c] ?? receivedAt;
    for (let i = 0; i < order.length; i++) target[i] = column[order[i]];
  });
  return rows;
}
