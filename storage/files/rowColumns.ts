import { MEASURES, UNKNOWN } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';

/** Columns of readings that lie in one stretch of memory: `time`, `receivedAt`, the measures, then `pump`. */
export interface RowColumns extends Readings {
  readonly bytes: Uint8Array;
}

/** How many bytes so many rows of so many measures take. */
export function columnBytes(rows: number, measures: number): number {
  return rows * ((2 + measures) * 8 + 4);
}

/** Columns for so many rows over new bytes. */
export function newRowColumns(length: number, names: readonly string[]): RowColumns {
  return rowColumns(length, names, { bytes: new Uint8Array(columnBytes(length, MEASURES.length)), measures: MEASURES.length });
}

/** Bytes that were written as columns of so many measures, and begin at a multiple of 8. */
export interface StoredColumns {
  readonly bytes: Uint8Array;
  readonly measures: number;
}

/** Columns over bytes. Measures that came after these were written are unknown. */
export function rowColumns(length: number, names: readonly string[], { bytes, measures }: StoredColumns): RowColumns {
  const column = (index: number) => new Float64Array(bytes.buffer, bytes.byteOffset + index * length * 8, length);
  return {
    length, names, bytes,
    time: column(0),
    receivedAt: column(1),
    values: MEASURES.map((_, index) => (index < measures ? column(2 + index) : new Float64Array(length).fill(UNKNOWN))),
    pump: new Uint32Array(bytes.buffer, bytes.byteOffset + (2 + measures) * length * 8, length),
  };
}

/** The rows that `order` names, copied. */
export function copyRows({ names, pump, time, receivedAt, values }: Readings, order: Uint32Array): RowColumns {
  const rows = newRowColumns(order.length, [...names]);
  for (let i = 0; i < order.length; i++) rows.pump[i] = pump[order[i]];
  for (let i = 0; i < order.length; i++) rows.time[i] = time[order[i]];
  for (let i = 0; i < order.length; i++) rows.receivedAt[i] = receivedAt[order[i]];
  values.forEach((column, c) => {
    const target = rows.values[c];
    for (let i = 0; i < order.length; i++) target[i] = column[order[i]];
  });
  return rows;
}
