import { type Readings, sameRow } from './readings.ts';

/**
 * The law of a row. A key (pump and wall time) holds one row, the one that was received last; of two that were received at
 * the same time, the one that came later. What becomes of a row that comes to a key:
 *
 *   the key is free                                   STORED
 *   it holds a row with the same values, to the bit   DUPLICATE   the row there stays, with its own time of receipt
 *   it holds a row that was received later            OUTDATED    the row there stays
 *   it holds another row                              STORED      a correction: it replaces the row there
 *
 * A row of a retained message, whose age nobody knows, is a DUPLICATE wherever the table has a row.
 *
 * All but duplicates count as stored; those that came to another row also as replaced, whichever of the two stays. So `stored`
 * less `replaced` is how many rows are there, whatever order they came in.
 */
export const STORED = 0;
export const DUPLICATE = 1;
/** Was stored, and a later row of the same step has replaced it. */
export const SUPERSEDED = 2;
export const OUTDATED = 3;
/** Would be stored, but the store itself does not take it: it becomes a reject. */
export const REFUSED = 4;

/** No row, where rows are numbers from 0 or, of another source, `~number`. */
export const NO_ROW = -0x8000_0000;

/** Rows as far as the law looks at them. */
export type LawRows = Pick<Readings, 'receivedAt' | 'values'>;

/** What becomes of a row that comes to a key which row `holder` of `held` holds: DUPLICATE, OUTDATED or STORED. */
export function fateOf(rows: LawRows, row: number, held: LawRows, holder: number): number {
  if (sameRow(rows, row, held, holder)) return DUPLICATE;
  return rows.receivedAt[row] < held.receivedAt[holder] ? OUTDATED : STORED;
}

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

/** The fates of a step's rows, by their places: its order by pump, then time, then receipt. */
export class StepFates {
  #fates = new Uint8Array(0);
  #replacing = new Uint8Array(0);
  #replaced = 0;
  #rows!: Pick<Readings, 'time'> & LawRows;
  #order: Uint32Array | undefined;
  #onlyNew = false;

  /**
   * Begins a step of `length` rows, all of them STORED as yet. `order` has the row at each place; without it rows are at
   * their places. With `onlyNew` no row takes the place of one that the table has.
   */
  begin(length: number, rows: Pick<Readings, 'time'> & LawRows, { order, onlyNew = false }: StepRows = {}): void {
    if (this.#fates.length < length) {
      this.#fates = new Uint8Array(length);
      this.#replacing = new Uint8Array(length);
    }
    this.#fates.fill(STORED, 0, length);
    if (this.#replaced > 0) this.#replacing.fill(0);
    this.#replaced = 0;
    this.#rows = rows;
    this.#order = order;
    this.#onlyNew = onlyNew;
  }

  /** By place. Holds until the next step begins, and may be longer than the step. */
  get byPlace(): Uint8Array {
    return this.#fates;
  }

  /** How many rows of the keys that are settled came to another row. */
  get replaced(): number {
    return this.#replaced;
  }

  /** 1 at the number of each row that came to another one; undefined when none did. `order` has the row at each place. */
  replacingByRow(order: Uint32Array): Uint8Array | undefined {
    if (this.#replaced === 0) return undefined;
    const byRow = new Uint8Array(order.length);
    for (let place = 0; place < order.length; place++) byRow[order[place]] = this.#replacing[place];
    return byRow;
  }

  /**
   * Settles a key: the rows at the places `from` to `to - 1` come to it one after the other. Before them it holds row
   * `holder` of `held`, or NO_ROW. Returns what it holds in the end: `holder`, or `~place` of a row of the step.
   */
  settle(held: LawRows, holder: number, from: number, to: number): number {
    const rows = this.#rows;
    let holding = holder;
    for (let place = from; place < to; place++) {
      const row = this.#rowAt(place);
      let fate = STORED;
      if (holding >= 0) fate = this.#onlyNew ? DUPLICATE : fateOf(rows, row, held, holding);
      else if (holding !== NO_ROW) fate = fateOf(rows, row, rows, this.#rowAt(~holding));
      this.#fates[place] = fate;
      if (fate !== DUPLICATE && holding !== NO_ROW) {
        this.#replacing[place] = 1;
        this.#replaced++;
      }
      if (fate !== STORED) continue;
      if (holding < 0 && holding !== NO_ROW) this.#fates[~holding] = SUPERSEDED;
      holding = ~place;
    }
    return holding;
  }

  /** How many rows of a pump count as stored, and how many of these went in at or before its last time. */
  count({ from, to }: Places, lastTime: number): { readonly stored: number; readonly outOfOrder: number } {
    const { time } = this.#rows;
    let stored = 0;
    let outOfOrder = 0;
    for (let place = from; place < to; place++) {
      if (this.#fates[place] === DUPLICATE) continue;
      stored++;
      if (time[this.#rowAt(place)] <= lastTime) outOfOrder++;
    }
    return { stored, outOfOrder };
  }

  #rowAt(place: number): number {
    return this.#order === undefined ? place : this.#order[place];
  }
}

/** 1 for each row that is a duplicate, by row number; `order` has the row at each place. */
export function duplicatesByRow(order: Uint32Array, fates: Uint8Array): Uint8Array {
  const duplicates = new Uint8Array(order.length);
  for (let place = 0; place < order.length; place++) if (fates[place] === DUPLICATE) duplicates[order[place]] = 1;
  return duplicates;
}
