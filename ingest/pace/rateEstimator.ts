/** How strongly the rate follows what was measured, as in Spark by default. */
export const SPARK_GAINS = { proportional: 1, integral: 0.2, derivative: 0, minRate: 100 } as const;

/** Weights of the three errors, and the rate in rows a second below which it never falls. */
export interface Gains {
  readonly proportional: number;
  readonly integral: number;
  readonly derivative: number;
  readonly minRate: number;
}

/** What a batch did for one receiver. Times in ms. */
export interface BatchMeasure {
  /** When the batch ended: ms since 1970-01-01T00:00Z. */
  readonly time: number;
  readonly rows: number;
  readonly processingTime: number;
  /** How long the batch had to wait for the one before it. */
  readonly schedulingDelay: number;
}

/**
 * How many rows a second can be taken so that a batch is done within its interval: the PID controller of Spark
 * Streaming (`org.apache.spark.streaming.scheduler.rate.PIDRateEstimator`), with its formula:
 *
 *     measured   = rows / processingTime
 *     error      = rate − measured
 *     historical = schedulingDelay × measured / batchInterval      rows that were too many before, as a rate
 *     slope      = (error − last error) / time since the last batch
 *     rate      ← max(minRate, rate − proportional × error − integral × historical − derivative × slope)
 */
export class RateEstimator {
  readonly #interval: number;
  readonly #gains: Gains;
  #last: { readonly time: number; readonly rate: number; readonly error: number } | undefined;

  /** `interval` is the batch's, in ms. */
  constructor(interval: number, gains: Gains = SPARK_GAINS) {
    this.#interval = interval;
    this.#gains = gains;
  }

  /**
   * The rate after a batch, in rows a second. Undefined when the batch tells none: the first one, which only gives the
   * rate to compare with, one without rows or time, and one that is not newer than the last.
   */
  update({ time, rows, processingTime, schedulingDelay }: BatchMeasure): number | undefined {
    const last = this.#last;
    if (rows <= 0 || processingTime <= 0 || (last && time <= last.time)) return undefined;
    const measured = (rows / processingTime) * 1000;
    if (!last) {
      this.#last = { time, rate: measured, error: 0 };
      return undefined;
    }
    const { proportional, integral, derivative, minRate } = this.#gains;
    const error = last.rate - measured;
    const historical = (schedulingDelay * measured) / this.#interval;
    const slope = (error - last.error) / ((time - last.time) / 1000);
    const rate = Math.max(minRate, last.rate - proportional * error - integral * historical - derivative * slope);
    this.#last = { time, rate, error };
    return rate;
  }
}
