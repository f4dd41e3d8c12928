import { expect, test } from 'vitest';
import { placeBreaches, within } from '../../../storage/lmdb/placedBreach.ts';
import { HIGH_HZ, LOW_PSI } from '../../support/rules.ts';

test('breaches come in order of the places of their rows, without those of rows that have none', () => {
  const breaches = [{ row: 3, rule: LOW_PSI }, { row: 0, rule: LOW_PSI }, { row: 2, rule: LOW_PSI }, { row: 3, rule: HIGH_HZ }];
  const placed = placeBreaches(breaches, Uint32Array.of(3, 1, 0), 4);
  expect(placed).toEqual([
    { place: 0, breach: breaches[0] },
    { place: 0, breach: breaches[3] },
    { place: 2, breach: breaches[1] },
  ]);
  expect(within(placed, ({ place }) => place, { from: 1, to: 3 })).toEqual([{ place: 2, breach: breaches[1] }]);
  expect(within(placed, ({ place }) => place, { from: 0, to: 1 })).toHaveLength(2);
  expect(within(placed, ({ place }) => place, { from: 3, to: 9 })).toEqual([]);
});
