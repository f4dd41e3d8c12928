import { type BatchMeasure, RateEstimator } from './rateEstimator.ts';
import { StepCost } from './stepCost.ts';

/** What caps the rows of a step, whatever the store can do. */
export interface RowLimits {
  /** Rows of a step. */
  readonly rows: number;
  /** Rows of a step after one whose rows were out of order. */
  readonly capacity: number;
  /** Rows a second. */
  readonly maxRate: number;
}

/** A step is planned for this share of the interval: a store that is ten times slower all of a sudden still does it in one. */
const STEP_SHARE = 1 / 10;
/** Rows out of order want large steps. */
const OUT_OF_ORDER_STEP_SHARE = 1 / 4;
/** Where overhead is so much, a step is planned for twice of it, but for no more than this share. */
const LONGEST_SHARE = 0.8;
const LEAST_OVERHEADS = 1.5;
/** Rows a second that are tried in any case. */
const LEAST_SPEED = 100;

/** How many rows of one receiver the next step may have. Times in ms. */
export class StepSizer {
  readonly #limits: RowLimits;
  readonly #interval: number;
  readonly #estimator: RateEstimator;
  readonly #inOrder = new StepCost();
  /** Rows out of order cost by the block that is rewritten, not by the row: another shape. */
  readonly #outOfOrder = new StepCost();
  #isOutOfOrder = false;
  /** Rows a second; Infinity while the store has time to spare. */
  #rate = Infinity;

  constructor(limits: RowLimits, interval: number) {
    this.#limits = limits;
    this.#interval = interval;
    this.#estimator = new RateEstimator(interval);
  }

  /** What a step takes however few its rows are, as the last ones were. */
  get overhead(): number {
    return this.#cost.overhead;
  }

  /** Rows for a step that has this long at most; at least one. */
  rowsWithin(left: number): number {
    const { overhead } = this.#cost;
    const share = this.#isOutOfOrder ? OUT_OF_ORDER_STEP_SHARE : STEP_SHARE;
    const longest = LONGEST_SHARE * this.#interval;
    const planned = Math.max(share * this.#interval, Math.min(2 * overhead, longest));
    // Where any step takes that long, smaller ones don't help: they only bring less.
    const time = LEAST_OVERHEADS * overhead > longest ? LEAST_OVERHEADS * overhead : Math.min(planned, left);
    // A rate counts rows: it says little where time goes into blocks, or into overhead.
    const bound = this.#isOutOfOrder || planned > share * this.#interval ? Infinity : (this.#rate * time) / 1000;
    const rows = Math.max(Math.min(this.#cost.rowsWithin(time), bound), (LEAST_SPEED * time) / 1000);
    const { rows: most, capacity, maxRate } = this.#limits;
    return Math.max(1, Math.floor(Math.min(rows, this.#isOutOfOrder ? capacity : most, Math.ceil(maxRate))));
  }

  /** Learns from a step that had rows; `outOfOrder` if most went in among older ones. */
  add(rows: number, ms: number, outOfOrder: boolean): void {
    this.#isOutOfOrder = outOfOrder;
    this.#cost.add(rows, ms);
  }

  /** Learns from a batch; `busy` if it left the store little time to spare. */
  endBatch(batch: BatchMeasure, busy: boolean): void {
    const rate = this.#estimator.update(batch);
    // Little load has small steps, and the rate of those would hold up a burst.
    if (!busy) this.#rate = Infinity;
    else if (rate !== undefined) this.#rate = rate;
  }

  get #cost(): StepCost {
    return this.#isOutOfOrder ? this.#outOfOrder : this.#inOrder;
  }
}
