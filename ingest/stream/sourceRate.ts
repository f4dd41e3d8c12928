import { AppError } from '../../domain/errors.ts';
import { RateEstimator } from '../pace/rateEstimator.ts';
import type { BatchReport } from './batchReport.ts';

/** How many items each source of a context gives. Rates are items a second, of each source. */
export interface RateOptions {
  /** No batch takes more, the first one neither. */
  readonly maxRate?: number | undefined;
  /** What is taken until backpressure has a rate of its own; by default `maxRate`. */
  readonly initialRate?: number | undefined;
  /** The rate follows what batches can do in time, by Spark's PID controller (1, 0.2, 0; at least 100 items/s). */
  readonly backpressure?: boolean | undefined;
}

/** How many items the next batch may take of one source. */
export class SourceRate {
  readonly #interval: number;
  readonly #most: number;
  readonly #estimator: RateEstimator | undefined;
  #rate: number;

  /** `interval` is the batch's, in ms. Throws AppError CONFIG for rates that can't be. */
  constructor(interval: number, { maxRate = Infinity, initialRate = maxRate, backpressure = false }: RateOptions) {
    for (const [name, rate] of Object.entries({ maxRate, initialRate }))
      if (!(rate > 0)) throw new AppError('CONFIG', `expected ${name} to be a number of items a second above 0, got ${rate}`);
    this.#interval = interval;
    this.#most = maxRate;
    this.#rate = Math.min(initialRate, maxRate);
    this.#estimator = backpressure ? new RateEstimator(interval) : undefined;
  }

  /** Items; at least one, and no limit where there is no rate. */
  get limit(): number {
    return Math.max(1, Math.floor((this.#rate * this.#interval) / 1000));
  }

  /** Learns from a batch, in which the source gave `rows` items. */
  add(rows: number, { time, processingTime, schedulingDelay }: Omit<BatchReport, 'inputs' | 'outputs'>): void {
    const rate = this.#estimator?.update({ time: time + schedulingDelay + processingTime, rows, processingTime, schedulingDelay });
    if (rate !== undefined) this.#rate = Math.min(rate, this.#most);
  }
}
