/** Before anything is known: rows a second. A store that is slower by far is known after one step. */
const FIRST_SPEED = 5000;
/** A step may be this many times as large as those that were seen. */
const GROWTH = 16;
/** What a step counts for after the next one. */
const MEMORY = 0.8;
/** Sizes that differ by less than the root of this, as a share, don't tell overhead from rows. */
const RIDGE = 0.2;
/** Times that differ by more than this, and more than rows can explain, are those of another store. */
const ALIKE = 2;

/**
 * What a step takes: `overhead + rows × perRow`, fitted to the last few steps by weighted least squares, and scaled
 * so that the last step is met exactly: the fit gives the shape, the last step how fast the store is now. While sizes
 * hardly differ the shape stays as it was; at first all time counts as the rows'. Times in ms.
 */
export class StepCost {
  #weight = 0;
  #rows = 0;
  #ms = 0;
  #rowsSquared = 0;
  #rowsTimesMs = 0;
  #most = 0;
  #last: { readonly rows: number; readonly ms: number } | undefined;
  #shape = { overhead: 0, perRow: 1000 / FIRST_SPEED };
  /** The last step beside what the shape says of it. */
  #level = 1;

  /** Learns from a step that had rows. */
  add(rows: number, ms: number): void {
    const time = Math.max(ms, 1); // clocks tell whole ms
    if (this.#isAnother(rows, time)) this.#scale(time / (this.#shape.overhead + this.#shape.perRow * rows));
    this.#weight = this.#weight * MEMORY + 1;
    this.#rows = this.#rows * MEMORY + rows;
    this.#ms = this.#ms * MEMORY + time;
    this.#rowsSquared = this.#rowsSquared * MEMORY + rows * rows;
    this.#rowsTimesMs = this.#rowsTimesMs * MEMORY + rows * time;
    this.#most = Math.max(this.#most * MEMORY, rows);
    this.#last = { rows, ms: time };
    this.#shape = this.#fitted();
    this.#level = time / (this.#shape.overhead + this.#shape.perRow * rows);
  }

  /** What a step takes however few its rows are. */
  get overhead(): number {
    return this.#shape.overhead * this.#level;
  }

  /** How many rows a step may have to take this long; 0 when none can be that quick. */
  rowsWithin(ms: number): number {
    const rows = Math.max(0, ms / this.#level - this.#shape.overhead) / this.#shape.perRow;
    return this.#weight === 0 ? rows : Math.min(GROWTH * this.#most, rows);
  }

  /** Whether the store is another than at the last step: whatever the shape, times lie between alike and in proportion to the rows. */
  #isAnother(rows: number, ms: number): boolean {
    if (!this.#last) return false;
    const share = rows / this.#last.rows;
    return ms > ALIKE * this.#last.ms * Math.max(1, share) || ms < (this.#last.ms * Math.min(1, share)) / ALIKE;
  }

  /** The store is so many times slower: what it took before it would take now, too. */
  #scale(ratio: number): void {
    this.#ms *= ratio;
    this.#rowsTimesMs *= ratio;
    this.#shape = { overhead: this.#shape.overhead * ratio, perRow: this.#shape.perRow * ratio };
  }

  #fitted(): { overhead: number; perRow: number } {
    const rows = this.#rows / this.#weight;
    const ms = this.#ms / this.#weight;
    const proportional = ms / rows;
    const before = this.#weight === 1 ? proportional : this.#shape.perRow;
    const ridge = RIDGE * rows * rows;
    const variance = Math.max(0, this.#rowsSquared / this.#weight - rows * rows);
    const covariance = this.#rowsTimesMs / this.#weight - rows * ms;
    const slope = (covariance + ridge * before) / (variance + ridge);
    const perRow = Math.min(proportional, Math.max(proportional / 1000, slope));
    return { overhead: ms - perRow * rows, perRow };
  }
}
