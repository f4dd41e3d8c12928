import { describe, expect, test } from 'vitest';
import { bytes, counted, decimal, duration, fixed, tickText, withUnit } from '../../../app/web/format.ts';
import { bins, niceTop, scaleTop } from '../../../app/web/screens/streaming/distribution.ts';

describe('texts of the page', () => {
  test('a length of time has its two largest units', () => {
    expect([0, 61.13, 999, 1500, 42_000, 185_000, 7_500_000, 86_400_000, 140_400_000].map(duration)).toEqual([
      '0 ms', '61.1 ms', '999 ms', '1.5 s', '42 s', '3 min', '2 h 5 min', '1 d', '1 d 15 h',
    ]);
  });

  test('a value has its unit where the input names one, and a dash stands for none', () => {
    expect([withUnit(4.96, 'psi'), withUnit(0, 'psi'), withUnit(1234, 'flo'), withUnit(null, 'psi')]).toEqual([
      '4.96 psi',
      '0 psi',
      '1,234',
      '–',
    ]);
  });

  test('what in decimals would be longer than its column, or look like nothing, has its power of ten', () => {
    expect([1e12, -1.2345e10, 999_999_999, 1e-9, 0, 0.0001].map((value) => decimal(value, 4))).toEqual(['1e12', '-1.23e10', '999,999,999', '1e-9', '0', '0.0001']);
    expect([fixed(1e300, 1), fixed(1e-9, 1), fixed(2, 1)]).toEqual(['1e300', '1e-9', '2.0']);
    expect([tickText(4.9999, 0.0001), tickText(5, 0.0001), tickText(80, 20), tickText(1_500_000, 500_000)]).toEqual(['4.9999', '5.0000', '80', '1.5e6']);
  });

  test('sizes count in thousands', () => {
    expect([0, 999, 1500, 16_777_216, 10_000_000_000].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '16.8 MB', '10 GB']);
    expect([counted(1, 'run'), counted(2052, 'run')]).toEqual(['1 run', '2,052 runs']);
  });
});

describe('the distribution of a figure over batches', () => {
  test('an axis ends at the next 1, 2 or 5', () => {
    expect([0, 0.3, 1, 3, 7, 4811, 100_001].map(niceTop)).toEqual([1, 0.5, 1, 5, 10, 5000, 200_000]);
  });

  test('an axis ends at the highest value, but a few that stand far above all others are out of scale', () => {
    expect(scaleTop([])).toBe(0);
    expect(scaleTop([0, 0, 0, 7])).toBe(7);
    expect(scaleTop([1, 2, 3, 4, 5])).toBe(5);
    expect(scaleTop([...Array.from({ length: 40 }, () => 3), 900])).toBe(6);
  });

  test('every value is in one part, the highest in the last', () => {
    expect(bins([0, 0.9, 1, 9.99, 10], 10, 10)).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  });
});
