import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, textCell } from '../../../app/export/csv.ts';

describe('a text cell', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
    'that a spreadsheet would take for a formula gets an apostrophe: %j',
    (text) => {
      expect(textCell(text).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  test.each(['COHUTTA', '1=1', 'a-b', ''])('that is harmless stays as it is: %j', (text) => {
    expect(textCell(text)).toBe(text);
  });

  test('comes back from a CSV reader, but for the apostrophe', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      fc.pre(cells.join('') !== '');
      const [row]: string[][] = parse(`${csvLine(cells)}\n`, { relaxColumnCount: true });
      expect(row).toEqual(cells.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)));
    }));
  });
});

test('the number -5 stays a number, and so does -0', () => {
  expect(csvLine([-5, -0, 0, 1e21, 0.1])).toBe('-5,-0,0,1e+21,0.1');
});

test('a mean that overflowed leaves its cell empty', () => {
  expect(csvLine(['A', 1e308, Infinity, -Infinity, NaN, 2])).toBe('A,1e+308,,,,2');
});
