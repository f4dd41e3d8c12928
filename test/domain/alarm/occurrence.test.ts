import { describe, expect, test } from 'vitest';
import { type Alert, alertFrom } from '../../../domain/alarm/alert.ts';
import { OccurrenceFold } from '../../../domain/alarm/occurrence.ts';

const MINUTE = 60_000;

/** An alert of a pump's reading at a minute. */
const alert = (minute: number, value = 0, rule = 'low-psi'): Alert =>
  alertFrom({ pump: 'A', time: minute * MINUTE, rule, measure: 'psi', value, threshold: 5, receivedAt: minute });

/** Of readings at minutes 1, 2, 3, … those of some minutes raised alerts. */
function fold(alerts: readonly Alert[], readings = 10) {
  const occurrences = new OccurrenceFold();
  for (const each of alerts) occurrences.add(each, each.time / MINUTE);
  return occurrences.end(readings);
}

const spans = (alerts: readonly Alert[], readings?: number) =>
  fold(alerts, readings).map(({ rule, from, to, active }) => `${rule} ${from / MINUTE}-${to / MINUTE}${active ? ' …' : ''}`);

describe('an occurrence', () => {
  test('holds the alerts of readings that follow each other', () => {
    expect(fold([alert(2, 3), alert(3, 0), alert(4, 4)])).toEqual([
      {
        pump: 'A', rule: 'low-psi', measure: 'psi', comparison: 'below', threshold: 5,
        from: 2 * MINUTE, to: 4 * MINUTE, count: 3, worst: 0, lastValue: 4, receivedAt: 4, active: false, fromStart: false,
      },
    ]);
  });

  test('ends with the first reading in limits', () => {
    expect(spans([alert(2), alert(3), alert(5)])).toEqual(['low-psi 2-3', 'low-psi 5-5']);
  });

  test('is active when no reading comes after it', () => {
    expect(spans([alert(2), alert(3)], 3)).toEqual(['low-psi 2-3 …']);
  });

  test('may have begun before the first reading that was looked at', () => {
    expect(fold([alert(1), alert(3)]).map(({ fromStart }) => fromStart)).toEqual([true, false]);
  });

  test('is of one rule', () => {
    expect(spans([alert(2), alert(2, 0, 'no-psi'), alert(3), alert(5, 0, 'no-psi')])).toEqual(['low-psi 2-3', 'no-psi 2-2', 'no-psi 5-5']);
  });
});
