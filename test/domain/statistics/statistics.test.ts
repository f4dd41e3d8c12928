import { expect, test } from 'vitest';
import { addTo, meanOf, mergeStatistics, NO_STATISTICS, statisticsOf } from '../../../ingest/stream.ts';
import { addExactly, roundExact, ZERO } from '../../../domain/statistics/exactSum.ts';
import fc from '../../support/property.ts';

const exactly = (numbers: readonly number[]): number => roundExact(numbers.reduce(addExactly, ZERO));

test('what is too small for a floating-point sum is not lost', () => {
  expect(exactly([1e16, 1, -1e16])).toBe(1);
  expect(exactly(Array<number>(10).fill(0.1))).toBe(1);
  expect(exactly([1e308, 1, -1e308, 1e-300])).toBe(1);
  // Half-way between 2^53 and 2^53 + 2: what comes after the half decides.
  expect(exactly([2 ** 53, 1])).toBe(2 ** 53);
  expect(exactly([2 ** 53, 1, 2 ** -1000])).toBe(2 ** 53 + 2);
  expect(exactly([])).toBe(0);
});

test('sums are the exact ones, rounded once', () => {
  // Multiples of 2^-20, whose sum BigInt knows.
  fc.assert(fc.property(fc.array(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n })), (values) => {
    const numbers = values.map((value) => Number(value) / 2 ** 20);
    const exact = numbers.reduce((sum, number) => sum + BigInt(number * 2 ** 20), 0n);
    expect(exactly(numbers)).toBe(Number(exact) / 2 ** 20);
  }), { numRuns: 300 });
});

test('statistics don\'t depend on order or grouping, to the bit', () => {
  const numbers = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      numbers.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat(all.length))),
      ([all, shuffled, cut]) => {
        const { count, min, max } = all.reduce(addTo, NO_STATISTICS);
        const grouped = mergeStatistics(
          shuffled.slice(0, cut).reduce(addTo, NO_STATISTICS),
          shuffled.slice(cut).map(statisticsOf).reduce(mergeStatistics, NO_STATISTICS),
        );
        expect(grouped).toMatchObject({ count, min, max });
        expect(meanOf(grouped)).toBe(meanOf(all.reduce(addTo, NO_STATISTICS)));
      },
    ),
    { numRuns: 200 },
  );
});
