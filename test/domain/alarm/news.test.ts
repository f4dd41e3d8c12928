import { describe, expect, test } from 'vitest';
import { raise } from '../../../domain/alarm/breach.ts';
import { isNews } from '../../../domain/alarm/news.ts';
import { ToldAlerts } from '../../../domain/alarm/toldAlerts.ts';
import { PSI } from '../../support/measures.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { row, type Row, stepOf } from '../../support/steps.ts';

test.each([
  ['the first of its time', 0, undefined, true],
  ['one with the value that was there', 0, 0, false],
  ['one with another value', 0, 1, true],
  ['one whose zero has another sign', -0, 0, true],
])('an alert that is %s: %f after %s is news: %s', (_, value, before, news) => {
  expect(isNews(value, before)).toBe(news);
});

describe('of a small step that grows', () => {
  /** Tells what a step raises, as if the table knew nothing; gives the values that are told. */
  function growing() {
    const told = new ToldAlerts();
    const rows: Row[] = [];
    const look = (more: readonly Row[]) => {
      rows.push(...more);
      const { readings } = stepOf(rows);
      return { readings, breaches: raise([LOW_PSI], readings) };
    };
    const psi = ({ readings, breaches }: ReturnType<typeof look>) => breaches.map((breach) => readings.values[PSI][breach.row]);
    return {
      preview: (...more: Row[]) => {
        const { readings, breaches } = look(more);
        const news = told.candidates(breaches, readings);
        told.told(news, readings);
        return psi({ readings, breaches: news });
      },
      /** The whole step is in the table, which gives the breaches of the rows that hold. */
      end: (...more: Row[]) => {
        const { readings, breaches } = look(more);
        const latest = new Map(Array.from(readings.time.subarray(0, readings.length), (time, at) => [time, at]));
        const raised = breaches.filter((breach) => latest.get(readings.time[breach.row]) === breach.row);
        return { told: psi({ readings, breaches: [...told.withoutTold(raised, readings)] }), untrue: told.withdrawals([], breaches, readings) };
      },
    };
  }
  const at = (minute: number, value: number) => row('A', `2014-03-14T12:0${minute}`, value);

  test('each alert is told once', () => {
    const { preview, end } = growing();
    expect(preview(at(1, 0), at(2, 80))).toEqual([0]);
    expect(preview(at(3, 1))).toEqual([1]);
    expect(preview()).toEqual([]);
    expect(end(at(4, 2))).toEqual({ told: [2], untrue: [] });
  });

  test('a correction that alarms with another value is told, back and forth', () => {
    const { preview, end } = growing();
    expect([preview(at(1, 0)), preview(at(1, 3)), preview(at(1, 0)), preview(at(1, 0))]).toEqual([[0], [3], [0], []]);
    expect(end()).toEqual({ told: [], untrue: [] });
  });

  test('what was told and is corrected to a value in limits is untrue', () => {
    const { preview, end } = growing();
    preview(at(1, 0), at(2, 0));
    expect(end(at(1, 80))).toMatchObject({ told: [], untrue: [{ pump: 'A', value: 0, rule: 'low-psi' }] });
  });
});
