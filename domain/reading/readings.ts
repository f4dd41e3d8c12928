import { isUnknown, MEASURES } from './measures.ts';
import { type Memory, OriginColumns, type RowOrigins } from './origins.ts';
import { PumpNames } from './pumpNames.ts';

/**
 * A batch of readings as columns, rows 0 to `length - 1`, in order of receipt. The arrays are longer
 * than that and are used again for the next batch: copy what you keep.
 */
export interface Readings {
  readonly length: number;
  /** Pump ids; `pump[i]` points into it. */
  readonly names: readonly string[];
  readonly pump: Uint32Array;
  /** Wall times, see wallClock.ts. */
  readonly time: Float64Array;
  /** Times of receipt: ms since 1970-01-01T00:00Z, never falling from row to row. */
  readonly receivedAt: Float64Array;
  /** A column for each measure, in the order of MEASURES. Finite, or UNKNOWN where the cell is missing; -0 is not 0. */
  readonly values: readonly Float64Array[];
  /**
   * The times of receipt of single cells, in the order of MEASURES, where rows were merged out of several that came at
   * different times: `receivedAt` is then the newest of a row's. Absent while all cells came with their rows.
   */
  readonly cellReceipts?: readonly Float64Array[] | undefined;
  /** Where the rows come from; absent, or without sources, where nobody received them. */
  readonly origins?: RowOrigins | undefined;
}

/** Readings that can be filled, up to a fixed capacity. */
export class ReadingsBuffer implements Readings {
  length = 0;
  readonly capacity: number;
  readonly pumps = new PumpNames();
  readonly pump: Uint32Array;
  readonly time: Float64Array;
  readonly receivedAt: Float64Array;
  readonly values: readonly Float64Array[];
  readonly origins: OriginColumns;

  /** `memory` gives the columns' own, which other threads may see; by default none does. */
  constructor(capacity: number, memory: Memory = (bytes) => new ArrayBuffer(bytes)) {
    this.capacity = capacity;
    this.pump = new Uint32Array(memory(4 * capacity));
    this.time = new Float64Array(memory(8 * capacity));
    this.receivedAt = new Float64Array(memory(8 * capacity));
    this.values = MEASURES.map(() => new Float64Array(memory(8 * capacity)));
    this.origins = new OriginColumns(capacity, memory);
  }

  get names(): readonly string[] {
    return this.pumps.names;
  }

  /** Empties it, pump ids and sources included. */
  clear(): void {
    this.length = 0;
    this.pumps.clear();
    this.origins.clear();
  }
}

/** Whether two measured values are the same to the bit (`-0` is not `0`), or both unknown. */
export function sameValue(a: number, b: number): boolean {
  return a === b ? a !== 0 || 1 / a === 1 / b : isUnknown(a) && isUnknown(b);
}

/** Whether row `row` of `a` and row `other` of `b` hold the same values, to the bit. */
export function sameRow(a: Pick<Readings, 'values'>, row: number, b: Pick<Readings, 'values'>, other: number): boolean {
  for (let c = 0; c < a.values.length; c++) if (!sameValue(a.values[c][row], b.values[c][other])) return false;
  return true;
}

/** Rows as far as their cells are looked at. */
export type CellRows = Pick<Readings, 'receivedAt' | 'values' | 'cellReceipts'>;

/** When a cell that a row has was received. */
export function cellReceipt({ receivedAt, cellReceipts }: Omit<CellRows, 'values'>, row: number, column: number): number {
  return cellReceipts === undefined ? receivedAt[row] : cellReceipts[column][row];
}

/** The cells that a row has, as bits: bit 0 is the first measure's. */
export function knownCells({ values }: Pick<Readings, 'values'>, row: number): number {
  let cells = 0;
  for (let c = 0; c < values.length; c++) if (!isUnknown(values[c][row])) cells |= 1 << c;
  return cells;
}
