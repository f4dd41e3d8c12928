import { describe, expect, test } from 'vitest';
import { breaks, comparePriorities, comparisonOf, limitText, type Priority, worseOf } from '../../../domain/alarm/rule.ts';

const below5 = { comparison: 'below', threshold: 5 } as const;
const above5 = { comparison: 'above', threshold: 5 } as const;

describe('a limit', () => {
  test.each([
    [4.999999999999999, true, false],
    [5, false, false],
    [5.000000000000001, false, true],
    [NaN, false, false],
  ])('%f breaks one below 5: %s, one above 5: %s', (value, below, above) => {
    expect(breaks(value, below5)).toBe(below);
    expect(breaks(value, above5)).toBe(above);
  });

  test('is broken on the side that value and threshold tell', () => {
    for (const limit of [below5, above5])
      for (const value of [-1, 4.9, 5.1, 80]) if (breaks(value, limit)) expect(comparisonOf(value, 5)).toBe(limit.comparison);
  });

  test('is written beside a value as a sign and a number', () => {
    expect([limitText(below5), limitText(above5)]).toEqual(['< 5', '> 5']);
  });
});

test('of two values the worse is the one farther beyond the limit', () => {
  expect([worseOf('below', 3, 0), worseOf('below', 0, 3)]).toEqual([0, 0]);
  expect([worseOf('above', 101, 140), worseOf('above', 140, 101)]).toEqual([140, 140]);
});

test('the highest priority comes first', () => {
  const priorities: Priority[] = ['low', 'high', 'medium'];
  expect(priorities.sort(comparePriorities)).toEqual(['high', 'medium', 'low']);
});
