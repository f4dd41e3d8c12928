import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';

/** Columns of readings that lie in one stretch of memory: `time`, `receivedAt`, the six measures, then `pump`. */
export interface RowColumns extends Readings {
  readonly bytes: Uint8Array;
}

const DOUBLES = 2 + MEASURES.length;
/** Bytes of a row in all columns. */
const ROW_BYTES = DOUBLES * 8 + 4;

/** How many bytes so many rows take. */
export function columnBytes(rows: number): number {
  return rows * ROW_BYTES;
}

/** Columns for so many rows over bytes that begin at a multiple of 8, or over new ones. */
export function rowColumns(length: number, names: readonly string[], bytes: Uint8Array = new Uint8Array(columnBytes(length))): RowColumns {
  const column = (index: number) => new Float64Array(bytes.buffer, bytes.byteOffset + index * length * 8, length);
  return {
    length, names, bytes,
    time: column(0),
    receivedAt: column(1),
    values: MEASURES.map((_, index) => column(2 + index)),
    pump: new Uint32Array(bytes.buffer, bytes.byteOffset + DOUBLES * length * 8, length),
  };
}

/** The rows that `order` names, copied. */
export function copyRows({ names, pump, time, receivedAt, values }: Readings, order: Uint32Array): RowColumns {
  const rows = rowColumns(order.length, [...names]);
  for (let i = 0; i < order.length; i++) rows.pump[i] = pump[order[i]];
  for (let i = 0; i < order.length; i++) rows.time[i] = time[order[i]];
  for (let i = 0; i < order.length; i++) rows.receivedAt[i] = receivedAt[order[i]];
  values.forEach((column, c) => {
    const target = rows.values[c];
    for (let i = 0; i < order.length; i++) target[i] = column[order[i]];
  });
  return rows;
}
