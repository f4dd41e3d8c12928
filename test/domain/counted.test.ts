import { expect, test } from 'vitest';
import { counted } from '../../domain/counted.ts';

test.each([[0, '0 rows'], [1, '1 row'], [2, '2 rows'], [2052, '2,052 rows']])('%i is "%s"', (count, text) => {
  expect(counted(count, 'row')).toBe(text);
});

test('a word that takes more than an s has its own plural', () => {
  expect(counted(2, 'entry', 'entries')).toBe('2 entries');
});
