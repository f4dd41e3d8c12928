import type { Column, Value } from '../../storage/parquet/columnTypes.ts';
import type { SqlTableName } from './catalog.ts';
import type { ScanBounds } from './bounds.ts';

/** The most rows that a vector of DuckDB takes. */
const VECTOR_ROWS = 2048;

/**
 * A column of a piece, as DuckDB holds it: the bytes of its values one after the other, each of `width`, with a bit for each that is there
 * (none where all are); texts; or one text for all rows. Buffers may be longer than the piece.
 */
export type PieceColumn =
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer; readonly width: number; readonly valid: ArrayBuffer | undefined }
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

/** A part of a piece: as many rows as a vector of DuckDB takes. */
export interface PieceWindow {
  readonly piece: Piece;
  /** The first row; a multiple of {@link VECTOR_ROWS}. */
  readonly from: number;
  readonly rows: number;
}

/** The windows of pieces, one after the other: `more` gives further pieces, none at the end. */
export function windowsOf(more: () => readonly Piece[]): { next(): PieceWindow | undefined } {
  let pieces: readonly Piece[] = [];
  let at = 0;
  let from = 0;
  return {
    next() {
      if (at === pieces.length) {
        pieces = more();
        at = from = 0;
      }
      const piece = pieces[at] as Piece | undefined;
      if (!piece) return undefined;
      const window = { piece, from, rows: Math.min(VECTOR_ROWS, piece.rows - from) };
      from += window.rows;
      if (from < piece.rows) return window;
      at++;
      from = 0;
      return window;
    },
  };
}

/** Rows as a piece; `all` are the columns of a row. */
export function rowPiece(all: readonly Column[], rows: readonly (readonly Value[])[], columns: readonly number[]): Piece {
  return { rows: rows.length, columns: columns.map((column) => valueColumn(all[column], rows.map((row) => row[column]))) };
}

function valueColumn({ type }: Column, values: readonly Value[]): PieceColumn {
  if (type === 'text') {
    const known = Float64Array.from(values, (value) => (value === null ? NaN : 0));
    return { kind: 'texts', texts: values as (string | null)[], valid: validity(known) };
  }
  const numbers = Float64Array.from(values, (value) => (value === null ? NaN : Number(value)));
  switch (type) {
    case 'double': return { kind: 'bytes', bytes: numbers.buffer, width: 8, valid: validity(numbers) };
    case 'wallTime': case 'instant': return { kind: 'bytes', bytes: microseconds(numbers), width: 8, valid: validity(numbers) };
    case 'count': return { kind: 'bytes', bytes: BigInt64Array.from(numbers, (n) => BigInt(n || 0)).buffer, width: 8, valid: validity(numbers) };
    case 'date': return { kind: 'bytes', bytes: Int32Array.from(numbers).buffer, width: 4, valid: validity(numbers) };
    case 'boolean': return { kind: 'bytes', bytes: Uint8Array.from(numbers).buffer, width: 1, valid: validity(numbers) };
  }
}

const WORD = 2 ** 32;

/** Milliseconds as 64-bit microseconds, which are no longer exact as doubles after the year 2255: so by halves. */
function microseconds(times: Float64Array): ArrayBuffer {
  const words = new Uint32Array(2 * times.length);
  times.forEach((time, i) => {
    const low = (time >>> 0) * 1000;
    words[2 * i] = low;
    words[2 * i + 1] = Math.floor(time / WORD) * 1000 + Math.floor(low / WORD);
  });
  return words.buffer;
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
