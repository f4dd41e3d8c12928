import { expect, test } from 'vitest';
import type { Alert } from '../../../domain/alarm/alert.ts';
import { type Arrived, follow, NO_HISTORY } from '../../../domain/alarm/history.ts';

const alert = (time: number): Alert => ({
  pump: 'A', time, rule: 'low-psi', measure: 'psi', value: 2, threshold: 5, comparison: 'below', receivedAt: 0,
});

/** Readings at these times, all of which alarm, or none. */
const low = (...times: number[]): Arrived => ({ times: Float64Array.from(times), alerts: times.map(alert) });
const fine = (...times: number[]): Arrived => ({ times: Float64Array.from(times), alerts: [] });

test('late readings that go on where the last late ones ended are one occurrence, whatever newer readings come in between', () => {
  let { history } = follow(NO_HISTORY, fine(1000));
  ({ history } = follow(history, low(10, 20)));
  ({ history } = follow(history, fine(1010, 1020)));
  const { occurrences } = follow(history, low(30, 40));
  expect(occurrences.map(({ from, to, count }) => [from, to, count])).toEqual([[10, 40, 4]]);
});
