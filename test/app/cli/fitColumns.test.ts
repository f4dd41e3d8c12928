import { expect, test } from 'vitest';
import { fitColumns } from '../../../app/cli/fitColumns.ts';
import fc from '../../support/property.ts';

test('with room enough nothing gives way', () => {
  expect(fitColumns([{}, { clipTo: 4 }, { rank: 1 }], [10, 10, 10], 34)).toEqual([10, 10, 10]);
  expect(fitColumns([{}, { clipTo: 4 }, { rank: 1 }], [10, 10, 10], Infinity)).toEqual([10, 10, 10]);
});

test('texts are clipped before a column is left out, the widest first, none below its least', () => {
  expect(fitColumns([{ clipTo: 4 }, { clipTo: 8 }, { rank: 1 }], [10, 20, 5], 25)).toEqual([8, 8, 5]);
});

test('columns are left out by rank, the highest first, and no more than needed', () => {
  expect(fitColumns([{}, { rank: 2 }, { rank: 1 }], [10, 10, 10], 22)).toEqual([10, 0, 10]);
  expect(fitColumns([{}, { rank: 2 }, { rank: 1 }], [10, 10, 10], 21)).toEqual([10, 0, 0]);
});

test('what a column leaves is given back to clipped ones', () => {
  expect(fitColumns([{ clipTo: 10 }, { rank: 1 }], [30, 20], 30)).toEqual([30, 0]);
});

test('what can give way never makes the table too wide, and what cannot stays', () => {
  const column = fc.record({
    width: fc.integer({ min: 1, max: 60 }),
    clipTo: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    rank: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(column, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 200 }), (columns, room) => {
    const widths = fitColumns(columns, columns.map(({ width }) => width), room);
    widths.forEach((width, i) => {
      const { width: wanted, clipTo, rank } = columns[i];
      expect(width === 0 ? rank !== undefined : width >= Math.min(wanted, clipTo ?? wanted)).toBe(true);
    });
    const shown = widths.filter((width) => width > 0);
    const tooWide = shown.reduce((sum, width) => sum + width + 2, -2) > room;
    const canGiveWay = columns.some(
      ({ width, clipTo = width, rank }, i) => widths[i] > 0 && (rank !== undefined || widths[i] > Math.min(width, clipTo)),
    );
    expect(tooWide && canGiveWay).toBe(false);
  }));
});
