import { expect, test } from 'vitest';
import { cellHistory, holderOf, type KeyEvent } from '../../../domain/reading/keyHistory.ts';

const event = (receipt: number, more: Partial<KeyEvent> = {}): KeyEvent =>
  ({ receipt, source: 1, line: 1, cells: 1, duplicate: false, ...more });

test('a cell held the values that were replaced, and holds the one that is there; each came with its rows', () => {
  const [first, same, other] = [event(1), event(2, { duplicate: true }), event(3, { source: 2 })];
  const history = { events: [first, same, other, event(4, { cells: 2 })], changes: [{ column: 0, value: 5, receivedAt: 1, by: other }] };
  expect(cellHistory(0, history, 7)).toEqual([
    { value: 5, receivedAt: 1, events: [first, same] },
    { value: 7, receivedAt: null, events: [other] },
  ]);
  expect(holderOf([first, same])).toBe(first);
  expect(holderOf([same])).toBe(same);
});

test('rows that came before anything was kept of them leave values without rows', () => {
  const by = event(9);
  expect(cellHistory(0, { events: [by], changes: [{ column: 0, value: 5, receivedAt: 1, by }] }, 7)).toEqual([
    { value: 5, receivedAt: 1, events: [] },
    { value: 7, receivedAt: null, events: [by] },
  ]);
  expect(cellHistory(0, { events: [], changes: [] }, 7)).toEqual([{ value: 7, receivedAt: null, events: [] }]);
  expect(cellHistory(0, { events: [], changes: [] }, NaN)).toEqual([]);
});
