import type { Readings } from '../../domain/reading/readings.ts';
import type { Column, Value } from '../../storage/parquet/columnTypes.ts';
import type { SqlTableName } from './catalog.ts';
import type { ScanBounds } from './bounds.ts';

/** The most rows of a piece: those of a vector of DuckDB. */
export const PIECE_ROWS = 2048;

/**
 * A column of a piece, as DuckDB holds it: the bytes of its values one after the other, with a bit for each that is there (none
 * where all are); texts; or one text for all rows.
 */
export type PieceColumn =
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer; readonly valid: ArrayBuffer | undefined }
  | { readonly kind: 'texts'; readonly texts: readonly (string | null)[]; readonly valid: ArrayBuffer | undefined }
  | { readonly kind: 'same'; readonly text: string };

/** Some rows of a table, as far as their columns were asked for. */
export interface Piece {
  readonly rows: number;
  readonly columns: readonly PieceColumn[];
}

/** What is asked of a table: which columns, by their place in the catalog, and what may be left out. */
export interface ScanRequest {
  readonly table: SqlTableName;
  readonly columns: readonly number[];
  readonly bounds: ScanBounds;
}

/** Readings of one pump as pieces; the columns of `readings` are pump, at, the measures, received_at. */
export function readingPieces(readings: Readings, columns: readonly number[]): Piece[] {
  const { length, time, receivedAt, values, names } = readings;
  const pieces: Piece[] = [];
  for (let from = 0; from < length; from += PIECE_ROWS) {
    const to = Math.min(length, from + PIECE_ROWS);
    pieces.push({
      rows: to - from,
      columns: columns.map((column): PieceColumn => {
        if (column === 0) return { kind: 'same', text: names[readings.pump[from]] };
        if (column === 1) return microseconds(time, from, to);
        return column === values.length + 2 ? microseconds(receivedAt, from, to) : doubles(values[column - 2], from, to);
      }),
    });
  }
  return pieces;
}

/** Rows as pieces; `all` are the columns of a row. */
export function rowPieces(all: readonly Column[], rows: readonly (readonly Value[])[], columns: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  for (let from = 0; from < rows.length; from += PIECE_ROWS) {
    const some = rows.slice(from, from + PIECE_ROWS);
    pieces.push({ rows: some.length, columns: columns.map((column) => valueColumn(all[column], some.map((row) => row[column]))) });
  }
  return pieces;
}

function valueColumn({ type }: Column, values: readonly Value[]): PieceColumn {
  if (type === 'text') {
    const known = Float64Array.from(values, (value) => (value === null ? NaN : 0));
    return { kind: 'texts', texts: values as (string | null)[], valid: validity(known) };
  }
  const numbers = Float64Array.from(values, (value) => (value === null ? NaN : Number(value)));
  switch (type) {
    case 'double': return doubles(numbers, 0, numbers.length);
    case 'wallTime': case 'instant': return microseconds(numbers, 0, numbers.length);
    case 'count': return { kind: 'bytes', bytes: BigInt64Array.from(numbers, (n) => BigInt(n || 0)).buffer, valid: validity(numbers) };
    case 'date': return { kind: 'bytes', bytes: Int32Array.from(numbers).buffer, valid: validity(numbers) };
    case 'boolean': return { kind: 'bytes', bytes: Uint8Array.from(numbers).buffer, valid: validity(numbers) };
  }
}

function doubles(values: Float64Array, from: number, to: number): PieceColumn {
  const own = values.slice(from, to);
  return { kind: 'bytes', bytes: own.buffer, valid: validity(own) };
}

const WORD = 2 ** 32;

/** Milliseconds as 64-bit microseconds, which are no longer exact as doubles after the year 2255: so by halves. */
function microseconds(times: Float64Array, from: number, to: number): PieceColumn {
  const words = new Uint32Array(2 * (to - from));
  for (let i = from, w = 0; i < to; i++) {
    const time = times[i];
    const low = (time >>> 0) * 1000;
    words[w++] = low;
    words[w++] = Math.floor(time / WORD) * 1000 + Math.floor(low / WORD);
  }
  return { kind: 'bytes', bytes: words.buffer, valid: validity(times.subarray(from, to)) };
}

/** A bit for each value that is no NaN, or undefined where all are none. */
function validity(values: Float64Array): ArrayBuffer | undefined {
  let bits: Uint8Array<ArrayBuffer> | undefined;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === values[i]) continue;
    bits ??= new Uint8Array(8 * Math.ceil(values.length / 64)).fill(0xff);
    bits[i >> 3] &= ~(1 << (i & 7));
  }
  return bits?.buffer;
}
