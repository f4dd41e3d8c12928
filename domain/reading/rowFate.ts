import { KeyCells, MERGED, type MergeTarget, NO_ROW } from './keyCells.ts';
import { isUnknown } from './measures.ts';
import { type CellRows, knownCells, type Readings, sameRow, sameValue } from './readings.ts';

/**
 * The law of a row. A key (pump and wall time) has a cell for each measure, which is missing or holds a value and the time of
 * receipt of the row that brought it. Rows are merged cell by cell; a cell that a row lacks says nothing. What a row does to
 * each of the cells that it has:
 *
 *   the cell is missing                          the row adds it
 *   it holds the same value, to the bit          nothing differs
 *   it holds another one that came later         it stays
 *   it holds another one                         the row changes it; of two received at the same time, the one that came later holds
 *
 * A row that finds all its cells with the same values is a DUPLICATE: nothing changes, and the cells keep their own times of
 * receipt. Any other row counts as stored. It brings in all its cells but those that came later, also the ones with the same
 * value: they are received anew with it. So a row that corrects a whole row takes its place with one time of receipt, as it
 * does where no cell is ever missing; and what the key holds depends on the rows and their receipts, not on which of them came
 * in one step.
 *
 *   STORED       it holds a cell in the end
 *   SUPERSEDED   it did, and later rows of the same step have taken them all
 *   OUTDATED     it differs, but all that it has came later there
 *
 * A row that came to another value counts as replaced too, whichever of the two stays; one that only adds cells does not.
 * A row of a retained message, whose age nobody knows, adds cells and changes none that the table has: where it adds none it is
 * a DUPLICATE. No row is without any cell: the parsers let none pass.
 *
 * Values are the same in any order of arrival as long as times of receipt rise with it, which they do from step to step, or no
 * two rows differ in a cell.
 */
export const STORED = 0;
export const DUPLICATE = 1;
/** Was stored, and later rows of the same step have replaced all its cells. */
export const SUPERSEDED = 2;
export const OUTDATED = 3;
/** Would be stored, but the store itself does not take it: it becomes a reject. */
export const REFUSED = 4;

/** Places `from` to `to - 1` in a step's order. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

/** How the rows of a step lie, and what they may do. */
export interface StepRows {
  readonly order?: Uint32Array;
  readonly onlyNew?: boolean;
}

/** Cells of a key, as bits, and its time. */
export interface TimedCells {
  readonly time: number;
  readonly cells: number;
}

/** A value that a row at a place of a step replaced, and when it had been received. */
export interface CellChange {
  readonly place: number;
  readonly column: number;
  readonly value: number;
  readonly receivedAt: number;
}

/** The fates of a step's rows, by their places: its order by pump, then time, then receipt. */
export class StepFates {
  #fates = new Uint8Array(0);
  #replacing = new Uint8Array(0);
  /** Cells, as bits, that a row has and never brought in, and those that later rows of the step took from it. */
  #outdated = new Uint32Array(0);
  #superseded = new Uint32Array(0);
  #replaced = 0;
  #changes: CellChange[] = [];
  /** Whether some place has cells in `#outdated` or `#superseded`. */
  #dirty = false;
  /** Whether some row may be no longer STORED. */
  #touched = false;
  readonly #cells = new KeyCells();
  /** What the key that was settled last holds. */
  #settled = NO_ROW;
  #rows!: Pick<Readings, 'time'> & CellRows;
  /** The rows by their places, where they are not at them. */
  #order: Uint32Array | undefined;
  #onlyNew = false;

  /**
   * Begins a step of `length` rows, all of them STORED as yet. `order` has the row at each place; without it rows are at
   * their places. With `onlyNew` no row changes a cell that the table has.
   */
  begin(length: number, rows: Pick<Readings, 'time'> & CellRows, { order, onlyNew = false }: StepRows = {}): void {
    if (this.#fates.length < length) {
      this.#fates = new Uint8Array(length);
      this.#replacing = new Uint8Array(length);
      this.#outdated = new Uint32Array(length);
      this.#superseded = new Uint32Array(length);
    }
    if (this.#touched) this.#fates.fill(STORED);
    if (this.#replaced > 0) this.#replacing.fill(0);
    if (this.#dirty) for (const cells of [this.#outdated, this.#superseded]) cells.fill(0);
    this.#replaced = 0;
    this.#changes = [];
    this.#dirty = false;
    this.#touched = false;
    this.#rows = rows;
    this.#order = order;
    this.#onlyNew = onlyNew;
  }

  /** By place. Holds until the next step begins, and may be longer than the step. */
  get byPlace(): Uint8Array {
    return this.#fates;
  }

  /** How many rows of the keys that are settled came to another value. */
  get replaced(): number {
    return this.#replaced;
  }

  /** 1 at the number of each row that came to another value; undefined when none did. `order` has the row at each place. */
  replacingByRow(order: Uint32Array): Uint8Array | undefined {
    if (this.#replaced === 0) return undefined;
    const byRow = new Uint8Array(order.length);
    for (let place = 0; place < order.length; place++) byRow[order[place]] = this.#replacing[place];
    return byRow;
  }

  /** Whether a row has brought a cell that its key holds in the end. */
  holds(place: number, column: number): boolean {
    return this.#fates[place] === STORED && ((this.#outdated[place] | this.#superseded[place]) >> column & 1) === 0;
  }

  /** Whether a row had brought a cell, and a later row of the step has replaced it. */
  hasLost(place: number, column: number): boolean {
    return (this.#superseded[place] >> column & 1) !== 0;
  }

  /**
   * Settles a key: the rows at the places `from` to `to - 1` come to it one after the other. Before them it holds row
   * `holder` of `held`, or NO_ROW. Returns what it holds in the end: `holder`, `~place` of a row of the step, or MERGED when
   * its cells come from several rows: `writeMerged` then says what they are.
   */
  settle(held: CellRows, holder: number, from: number, to: number): number {
    if (to - from === 1) {
      if (holder === NO_ROW) return (this.#settled = ~from);
      if (sameRow(this.#rows, this.#rowAt(from), held, holder)) {
        this.#fates[from] = DUPLICATE;
        this.#touched = true;
        return (this.#settled = holder);
      }
    }
    this.#touched = true;
    const cells = this.#cells;
    cells.begin({ rows: this.#rows, order: this.#order }, held, holder);
    for (let place = from; place < to; place++) this.#bring(place);
    for (let place = from; place < to; place++) {
      if (this.#fates[place] === STORED && !cells.holds(place)) this.#fates[place] = SUPERSEDED;
    }
    return (this.#settled = cells.row);
  }

  /** The cells, as bits, that the step has brought to the key that was settled last. */
  get taken(): number {
    const row = this.#settled;
    if (row === MERGED) return this.#cells.taken;
    return row >= 0 || row === NO_ROW ? 0 : knownCells(this.#rows, this.#rowAt(~row));
  }

  /** Writes cells of the key that was settled last, when it is MERGED, as a row of a target; `cells` says which, as bits. */
  writeMerged(target: MergeTarget, at: number, cells = -1): void {
    this.#cells.write(target, at, cells);
  }

  /** Whether each row of the step is known to have brought in all its cells, which is the rule: nobody has to look at the rows. */
  get areAllStored(): boolean {
    return !this.#touched;
  }

  /** How many of the rows at some places are duplicates. */
  duplicates({ from, to }: Places): number {
    if (!this.#touched) return 0;
    let duplicates = 0;
    for (let place = from; place < to; place++) if (this.#fates[place] === DUPLICATE) duplicates++;
    return duplicates;
  }

  /** 1 at the number of each row that is a duplicate. `order` has the row at each place. */
  duplicatesByRow(order: Uint32Array): Uint8Array {
    const duplicates = new Uint8Array(order.length);
    if (!this.#touched) return duplicates;
    for (let place = 0; place < order.length; place++) if (this.#fates[place] === DUPLICATE) duplicates[order[place]] = 1;
    return duplicates;
  }

  /** Tells the cells, as bits, that rows have and did not bring in, by their places. */
  eachOutdated(length: number, tell: (place: number, cells: number) => void): void {
    if (!this.#dirty) return;
    for (let place = 0; place < length; place++) if (this.#outdated[place] !== 0) tell(place, this.#outdated[place]);
  }

  /** The values that rows of the step replaced, in the order in which they went; few, as corrections are. */
  get changes(): readonly CellChange[] {
    return this.#changes;
  }

  /** How many rows of a pump count as stored, and how many of these went in at or before its last time. */
  count({ from, to }: Places, lastTime: number): { readonly stored: number; readonly outOfOrder: number } {
    const { time } = this.#rows;
    let outOfOrder = 0;
    for (let place = from; place < to && time[this.#rowAt(place)] <= lastTime; place++) if (this.#fates[place] !== DUPLICATE) outOfOrder++;
    return { stored: to - from - this.duplicates({ from, to }), outOfOrder };
  }

  /** A row comes to the key that is being settled. */
  #bring(place: number): void {
    const { adds, differs, outdated } = this.#cells.compare(place, this.#onlyNew);
    if (!adds && !differs) {
      this.#fates[place] = DUPLICATE;
      return;
    }
    if (differs) {
      this.#replacing[place] = 1;
      this.#replaced++;
      this.#noteChanges(place, outdated);
    }
    this.#dirty = true;
    this.#outdated[place] = outdated;
    const taken = this.#cells.take(place, outdated, (loser, cell) => (this.#superseded[loser] |= cell));
    this.#fates[place] = taken ? STORED : OUTDATED;
  }

  #noteChanges(place: number, outdated: number): void {
    const row = this.#rowAt(place);
    for (const [column, values] of this.#rows.values.entries()) {
      if (isUnknown(values[row]) || (outdated >> column & 1) !== 0 || this.#cells.from(column) === NO_ROW) continue;
      const value = this.#cells.value(column);
      if (!sameValue(value, values[row])) this.#changes.push({ place, column, value, receivedAt: this.#cells.receipt(column) });
    }
  }

  #rowAt(place: number): number {
    return this.#order === undefined ? place : this.#order[place];
  }
}
