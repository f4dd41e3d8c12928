import { expect, test } from 'vitest';
import { orderStep } from '../../../storage/lmdb/stepOrder.ts';
import fc from '../../support/property.ts';
import { row, stepOf } from '../../support/steps.ts';

function orderOf(rows: readonly { pump: string; time: number }[]): { pump: string; time: number; row: number }[] {
  const { readings } = stepOf(rows.map((one) => ({ ...row('A', '2014-03-10'), ...one })));
  const { order, starts } = orderStep(readings);
  expect(starts[0]).toBe(0);
  expect(starts[readings.names.length]).toBe(rows.length);
  return Array.from(order, (number, place) => {
    const pump = readings.pump[number];
    expect(place).toBeGreaterThanOrEqual(starts[pump]);
    expect(place).toBeLessThan(starts[pump + 1]);
    return { pump: readings.names[pump], time: readings.time[number], row: number };
  });
}

function expected(rows: readonly { pump: string; time: number }[]): { pump: string; time: number; row: number }[] {
  const pumps = [...new Set(rows.map(({ pump }) => pump))];
  return rows.map((one, index) => ({ ...one, row: index }))
    .sort((a, b) => pumps.indexOf(a.pump) - pumps.indexOf(b.pump) || a.time - b.time || a.row - b.row);
}

const rowsOf = (time: fc.Arbitrary<number>): fc.Arbitrary<{ pump: string; time: number }[]> =>
  fc.array(fc.record({ pump: fc.constantFrom('A', 'B', 'C'), time }), { maxLength: 300 });

test.each([
  ['minutes', fc.integer({ min: 0, max: 100 }).map((minute) => minute * 60_000)],
  ['seconds over years', fc.integer({ min: -1e9, max: 1e9 }).map((second) => second * 1000)],
  ['milliseconds over all years', fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })],
  ['a constant', fc.constant(5)],
])('rows are ordered by pump, time and receipt: %s', (_, time) => {
  fc.assert(fc.property(rowsOf(time), (rows) => {
    expect(orderOf(rows)).toEqual(expected(rows));
  }));
});

test('rows that come pump by pump in order are left where they are', () => {
  const { readings } = stepOf([row('B', '2014-03-10'), row('B', '2014-03-10'), row('B', '2014-03-11'), row('A', '2014-03-10')]);
  expect(orderStep(readings).asCame).toBe(true);
});

test('pumps that take turns are told apart from rows in order', () => {
  const { readings } = stepOf([row('B', '2014-03-10'), row('A', '2014-03-10'), row('B', '2014-03-11')]);
  expect(orderStep(readings)).toMatchObject({ asCame: false, order: Uint32Array.of(0, 2, 1) });
});
