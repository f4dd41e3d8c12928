import { expect, test } from 'vitest';
import { StepCost } from '../../../ingest/pace/stepCost.ts';

/** Learns from steps of these sizes on a store with an overhead and a time for each row, in ms. */
function learned(sizes: readonly number[], overhead: number, perRow: number): StepCost {
  const cost = new StepCost();
  for (const rows of sizes) cost.add(rows, overhead + rows * perRow);
  return cost;
}

test('before the first step few rows are tried, in proportion to the time', () => {
  expect(new StepCost().rowsWithin(200)).toBe(1000);
  expect(new StepCost().rowsWithin(20)).toBe(100);
});

test('from steps of several sizes it tells overhead from rows', () => {
  const cost = learned([1000, 8000, 4000, 2000], 30, 0.05);
  expect(cost.overhead).toBeCloseTo(30, -1);
  expect(cost.rowsWithin(200) / 3400).toBeCloseTo(1, 1);
  expect(cost.rowsWithin(20)).toBe(0);
});

test('when all steps are alike, all of it counts as the rows’ time', () => {
  const cost = learned(Array<number>(10).fill(5000), 50, 0.03);
  expect(cost.overhead).toBeCloseTo(0);
  expect(cost.rowsWithin(400)).toBeCloseTo(10_000);
});

test('a store that is ten times slower all of a sudden is known after one step', () => {
  const cost = learned([1000, 8000, 4000, 2000, 4000], 30, 0.05);
  cost.add(4000, 2300);
  expect(cost.rowsWithin(200)).toBeLessThan(400);
});

test('steps grow fast, but no further than what was seen lets hope', () => {
  expect(learned([10], 3, 0).rowsWithin(1000)).toBe(160);
});

test('a step in no time at all counts as one of a millisecond', () => {
  expect(learned([100, 100], 0, 0).rowsWithin(5)).toBeCloseTo(500);
});
