import { expect, test } from 'vitest';
import { pumpMatcher } from '../../../domain/alarm/pumpPattern.ts';
import fc from '../../support/property.ts';

test('a star stands for any run of characters, and every other character for itself', () => {
  const fits = (pattern: string, pumps: readonly string[]) => pumps.filter(pumpMatcher(pattern));
  expect(fits('*', ['', 'A', 'a\nb'])).toEqual(['', 'A', 'a\nb']);
  expect(fits('A.1', ['A.1', 'AX1'])).toEqual(['A.1']);
  expect(fits('A*1', ['A1', 'A.1', 'AX1', 'A1X', 'XA1'])).toEqual(['A1', 'A.1', 'AX1']);
  expect(fits('aba*ba', ['aba', 'ababa', 'abaXba'])).toEqual(['ababa', 'abaXba']);
  expect(fits('*a*a', ['a', 'aa', 'baca'])).toEqual(['aa', 'baca']);
  expect(fits('', ['', 'A'])).toEqual(['']);
  expect(fits('🛢*', ['🛢-7', 'A'])).toEqual(['🛢-7']);
});

test('short patterns say the same as the expression that tries everything', () => {
  const pieces = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 7 }).map((letters) => letters.join(''));
  const pumps = fc.array(fc.constantFrom('a', 'b'), { maxLength: 9 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(pieces, pumps, (pattern, pump) =>
      pumpMatcher(pattern)(pump) === new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(pump)),
    { numRuns: 2000 },
  );
});

test('a pattern of many stars that does not fit is done at once', () => {
  // An expression that tries everything would take longer than the universe: the test would not end.
  expect(pumpMatcher(`${'*a'.repeat(100)}*b`)('a'.repeat(64))).toBe(false);
  expect(pumpMatcher(`${'*a'.repeat(60)}*b`)(`${'a'.repeat(63)}b`)).toBe(true);
});
