import { isUnknown, MEASURES, UNKNOWN } from './measures.ts';
import { cellReceipt, type CellRows, sameValue } from './readings.ts';

/** No row, where rows are numbers from 0 or, of another source, `~number`; a step's rows go by their places. */
export const NO_ROW = -0x8000_0000;
/** Stands for a row that is made of cells of several. */
export const MERGED = NO_ROW + 1;

/** A row that can be filled. */
export interface MergeTarget {
  readonly receivedAt: Float64Array;
  readonly values: readonly Float64Array[];
  /** Gives the columns of the cells' own times of receipt, which are there from now on. */
  openCells(): readonly Float64Array[];
  readonly cellReceipts?: readonly Float64Array[] | undefined;
}

/** What a row does to the cells of a key. */
export interface CellChanges {
  /** Cells, as bits, that the row has and does not bring in: those there were received later, or may not be changed. */
  outdated: number;
  /** Some cell was missing, and the row has it. */
  adds: boolean;
  /** Some cell has another value than the row's. */
  differs: boolean;
}

/** The rows of a step by their places. */
export interface PlacedRows {
  readonly rows: CellRows;
  /** The row at each place; without it rows are at their places. */
  readonly order: Uint32Array | undefined;
}

/**
 * Which row each cell of a key comes from, while rows of a step come to it one after the other: a row of the table (its
 * number in `held`), a row of the step (`~place`), or NO_ROW. One object for all keys, one after the other.
 */
export class KeyCells {
  readonly #from = new Int32Array(MEASURES.length);
  readonly #changes: CellChanges = { outdated: 0, adds: false, differs: false };
  #held!: CellRows;
  #rows!: CellRows;
  #order: Uint32Array | undefined;

  /** Begins a key that row `holder` of `held` holds, or NO_ROW. */
  begin({ rows, order }: PlacedRows, held: CellRows, holder: number): void {
    this.#rows = rows;
    this.#order = order;
    this.#held = held;
    for (let c = 0; c < this.#from.length; c++) {
      this.#from[c] = holder === NO_ROW || isUnknown(held.values[c][holder]) ? NO_ROW : holder;
    }
  }

  /** Where a cell comes from. */
  from(column: number): number {
    return this.#from[column];
  }

  /** What the row at a place would do. With `onlyNew` cells of the table can't be changed, and are not compared. Holds until the next call. */
  compare(place: number, onlyNew: boolean): Readonly<CellChanges> {
    const { values, receivedAt } = this.#rows;
    const row = this.#rowAt(place);
    const changes = this.#changes;
    changes.outdated = 0;
    changes.adds = changes.differs = false;
    for (let c = 0; c < values.length; c++) {
      const value = values[c][row];
      if (isUnknown(value)) continue;
      const from = this.#from[c];
      if (from === NO_ROW) changes.adds = true;
      else if (onlyNew && from >= 0) changes.outdated |= 1 << c;
      else {
        if (!sameValue(value, this.value(c))) changes.differs = true;
        if (this.receipt(c) > receivedAt[row]) changes.outdated |= 1 << c;
      }
    }
    return changes;
  }

  /** Lets the cells of the row at a place in, but for those that are `outdated`. Tells which rows of the step lose a cell by it. */
  take(place: number, outdated: number, onLost: (place: number, cell: number) => void): boolean {
    const row = this.#rowAt(place);
    let taken = false;
    for (let c = 0; c < this.#from.length; c++) {
      if (isUnknown(this.#rows.values[c][row]) || (outdated >> c & 1) !== 0) continue;
      const from = this.#from[c];
      if (from < 0 && from !== NO_ROW) onLost(~from, 1 << c);
      this.#from[c] = ~place;
      taken = true;
    }
    return taken;
  }

  /** The row that all cells come from, MERGED when there are several, NO_ROW when there is no cell. */
  get row(): number {
    let row = NO_ROW;
    for (const from of this.#from) {
      if (from === NO_ROW || from === row) continue;
      if (row !== NO_ROW) return MERGED;
      row = from;
    }
    return row;
  }

  /** Whether a row of the step has brought a cell that is there. */
  holds(place: number): boolean {
    return this.#from.includes(~place);
  }

  /** The cells, as bits, that the step has brought. */
  get taken(): number {
    let cells = 0;
    for (let c = 0; c < this.#from.length; c++) if (this.#from[c] < 0 && this.#from[c] !== NO_ROW) cells |= 1 << c;
    return cells;
  }

  /** The value of a cell, or UNKNOWN. */
  value(column: number): number {
    const from = this.#from[column];
    if (from === NO_ROW) return UNKNOWN;
    return from >= 0 ? this.#held.values[column][from] : this.#rows.values[column][this.#rowAt(~from)];
  }

  /** When a cell that is there was received: with the row that brought it. */
  receipt(column: number): number {
    const from = this.#from[column];
    return from >= 0 ? cellReceipt(this.#held, from, column) : this.#rows.receivedAt[this.#rowAt(~from)];
  }

  /** Writes the cells `cells`, given as bits, as row `at` of a target: the others are missing there. */
  write(target: MergeTarget, at: number, cells: number): void {
    const is = (column: number) => (cells >> column & 1) !== 0 && this.#from[column] !== NO_ROW;
    let newest = -Infinity;
    let oldest = Infinity;
    for (let c = 0; c < this.#from.length; c++) {
      target.values[c][at] = is(c) ? this.value(c) : UNKNOWN;
      if (!is(c)) continue;
      newest = Math.max(newest, this.receipt(c));
      oldest = Math.min(oldest, this.receipt(c));
    }
    target.receivedAt[at] = newest;
    const receipts = oldest === newest ? target.cellReceipts : target.openCells();
    receipts?.forEach((column, c) => (column[at] = is(c) ? this.receipt(c) : newest));
  }

  #rowAt(place: number): number {
    return this.#order === undefined ? place : this.#order[place];
  }
}
