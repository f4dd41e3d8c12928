import { expect, test } from 'vitest';
import { RateEstimator, SPARK_GAINS } from '../../../ingest/pace/rateEstimator.ts';

const batch = (time: number, rows: number, processingTime: number, schedulingDelay = 0) => ({
  time,
  rows,
  processingTime,
  schedulingDelay,
});

test('the rate after each batch is what Spark’s formula gives by hand', () => {
  const estimator = new RateEstimator(2000);
  // 1,000 rows in 500 ms: 2,000 rows/s to compare with.
  expect(estimator.update(batch(2000, 1000, 500))).toBeUndefined();
  // 1,000 rows/s: error 1,000; 400 ms late are 400 × 1,000 / 2,000 = 200. 2,000 − 1 × 1,000 − 0.2 × 200.
  expect(estimator.update(batch(4000, 1000, 1000, 400))).toBe(960);
  // 3,000 rows/s: error −2,040. 960 + 2,040.
  expect(estimator.update(batch(6000, 3000, 1000))).toBe(3000);
  // 1,500 rows/s, a whole interval late: 3,000 − 1,500 − 0.2 × 1,500.
  expect(estimator.update(batch(8000, 3000, 2000, 2000))).toBe(1200);
});

test('with a derivative the change of the error counts by the second', () => {
  const estimator = new RateEstimator(2000, { ...SPARK_GAINS, derivative: 0.5 });
  estimator.update(batch(2000, 1000, 500));
  // The error went from 0 to 1,000 in 2 s: 0.5 × 500 less.
  expect(estimator.update(batch(4000, 1000, 1000, 400))).toBe(710);
  // 710 rows/s: error 0, slope −500, 0.5 × 500 more.
  expect(estimator.update(batch(6000, 710, 1000))).toBe(960);
});

test('with smaller gains the rate follows more slowly', () => {
  const estimator = new RateEstimator(1000, { ...SPARK_GAINS, proportional: 0.5, integral: 0 });
  estimator.update(batch(1000, 1000, 1000));
  expect(estimator.update(batch(2000, 2000, 1000))).toBe(1500);
  expect(estimator.update(batch(3000, 2000, 1000, 500))).toBe(1750);
});

test('the rate never falls below the minimum', () => {
  const estimator = new RateEstimator(2000);
  estimator.update(batch(2000, 10, 2000));
  expect(estimator.update(batch(4000, 10, 2000, 2000))).toBe(100);
  expect(estimator.update(batch(6000, 400, 2000))).toBe(200);
});

test('a batch without rows or time, or that is not newer, tells nothing and changes nothing', () => {
  const estimator = new RateEstimator(2000);
  estimator.update(batch(2000, 1000, 500));
  expect(estimator.update(batch(4000, 0, 500))).toBeUndefined();
  expect(estimator.update(batch(4000, 1000, 0))).toBeUndefined();
  expect(estimator.update(batch(2000, 1, 1))).toBeUndefined();
  expect(estimator.update(batch(4000, 1000, 1000, 400))).toBe(960);
});
