import { describe, expect, test } from 'vitest';
import { columnText } from '../../../app/web/charts/limits.ts';
import { extremes, nearest, shownEntries } from '../../../app/web/charts/shownPoints.ts';
import { tickLabels, timeTicks } from '../../../app/charts/timeAxis.ts';
import { valueRange } from '../../../app/charts/valueScale.ts';
import { panned, rounded, zoomed } from '../../../app/web/charts/view.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const curves = {
  pump: 'P',
  from: 0,
  to: 100,
  rows: 4,
  bucketMs: 0,
  cadenceMs: 10,
  time: [10, 20, 21, 40],
  psi: { min: [1, 2, null, 4], max: [1, 3, null, 4] },
};

describe('the axis of wall times', () => {
  test('counts in steps that people read, and writes the date where it is news', () => {
    const ticks = timeTicks(at('2014-03-13T20:30'), at('2014-03-14T08:00'), 8);
    expect(ticks.times.map((time) => new Date(time).toISOString().slice(11, 16))).toEqual([
      '22:00',
      '00:00',
      '02:00',
      '04:00',
      '06:00',
      '08:00',
    ]);
    expect(tickLabels(ticks)).toEqual(['22:00\n13 Mar', '00:00\n14 Mar', '02:00', '04:00', '06:00', '08:00']);
  });

  test('walks months along the calendar, and weeks from Monday', () => {
    expect(tickLabels(timeTicks(at('2013-11-10T00:00'), at('2014-03-05T00:00'), 5))).toEqual([
      'Dec 2013',
      'Jan 2014',
      'Feb 2014',
      'Mar 2014',
    ]);
    const weeks = timeTicks(at('2014-03-01T00:00'), at('2014-04-01T00:00'), 6);
    expect(weeks.times.map((time) => new Date(time).getUTCDay())).toEqual([1, 1, 1, 1, 1]);
  });

  test('is the same in whatever zone the browser is: the hour that summer time skips is an hour like any other', () => {
    const ticks = timeTicks(at('2014-03-09T01:00'), at('2014-03-09T04:00'), 4);
    expect(tickLabels(ticks)).toEqual(['01:00\n9 Mar', '02:00', '03:00', '04:00']);
  });

  test.each([1, 60_000, 86_400_000, 40 * 365 * 86_400_000])('has at most as many ticks as there is room for, over %d ms', (width) => {
    const { times } = timeTicks(at('2014-03-09T01:00'), at('2014-03-09T01:00') + width, 8);
    expect(times.length).toBeLessThanOrEqual(9);
  });
});

describe('the axis of values', () => {
  test('shows the limit even when the values are far from it', () => {
    const [low, high] = valueRange({ min: [80, 85], max: [90, 95] }, [5]);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(95);
  });

  test('is not stretched by one wild value', () => {
    const values = Array.from({ length: 200 }, (_, index) => 80 + (index % 20));
    const [, high] = valueRange({ min: values, max: [...values.slice(1), 1e9] }, [5]);
    expect(high).toBeLessThan(400);
  });

  test('shows zeros that are few but meant', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index < 10 ? 0 : 75 + (index % 25));
    expect(valueRange({ min: values, max: values }, [])[0]).toBeLessThan(0);
  });

  test('shows what was before an alarm that lasted for days', () => {
    const values = Array.from({ length: 2000 }, (_, index) => (index < 30 ? 50 + (index % 14) : 0));
    expect(valueRange({ min: values, max: values }, [5])[1]).toBeGreaterThan(63);
    const few = values.map((value, index) => (index === 7 || index === 8 ? value : 0));
    expect(valueRange({ min: few, max: few }, [5])[1]).toBeLessThan(20);
  });

  test('has a height for a constant, for zero and for nothing', () => {
    for (const values of [[85, 85], [0, 0], [null, null], []]) {
      const [low, high] = valueRange({ min: values, max: values }, []);
      expect(high).toBeGreaterThan(low);
    }
  });
});

describe('a value in a column', () => {
  const below = [{ value: 5, comparison: 'below', label: '' }] as const;
  const above = [{ value: 5, comparison: 'above', label: '' }] as const;

  test('has the decimals of its measure', () => {
    expect([4, 5, 75.04].map((value) => columnText(value, 'psi', below))).toEqual(['4.0', '5.0', '75.0']);
    expect([columnText(1234.4, 'flo'), columnText(null, 'psi', below)]).toEqual(['1,234', '–']);
  });

  test('has more where it would look as if it were at its limit, or beyond one that it keeps', () => {
    expect([4.94, 4.96, 4.9996, 4.99999].map((value) => columnText(value, 'psi', below))).toEqual(['4.9', '4.96', '4.9996', '4.99999']);
    expect([columnText(5.04, 'psi', above), columnText(5.04, 'psi', below)]).toEqual(['5.04', '5.0']);
    expect(columnText(5.045, 'psi', [{ value: 5.04, comparison: 'below', label: '' }])).toBe('5.05');
  });
});

describe('a view', () => {
  test('zooms around a time that stays in its place', () => {
    expect(zoomed({ from: 0, to: 100_000 }, 20_000, 0.5)).toEqual({ from: 10_000, to: 60_000 });
  });

  test('is never narrower than a second, nor wider than forty years', () => {
    const narrow = zoomed({ from: 0, to: 2000 }, 1000, 1e-9);
    expect(narrow.to - narrow.from).toBe(1000);
    const wide = zoomed({ from: 0, to: 2000 }, 1000, 1e12);
    expect((wide.to - wide.from) / (365 * 86_400_000)).toBeCloseTo(40);
  });

  test('moves by a share of its width and ends at whole seconds', () => {
    expect(panned({ from: 0, to: 1_000_000 }, 0.1)).toEqual({ from: 100_000, to: 1_100_000 });
    expect(rounded({ from: 100.4, to: 1_000_499.7 })).toEqual({ from: 0, to: 1_000_000 });
  });
});

describe('entries of curves', () => {
  test('are found by the nearest time', () => {
    expect([-5, 14, 16, 30, 31, 99].map((time) => nearest(curves.time, time))).toEqual([0, 0, 1, 2, 3, 3]);
    expect(nearest([], 5)).toBeUndefined();
  });

  test('in the view are those with a reading: a gap is none', () => {
    expect(shownEntries(curves, ['psi'], { from: 15, to: 40 })).toEqual([1, 3]);
    expect(extremes(curves.time, curves.psi, { from: 15, to: 40 })).toEqual([2, 4]);
    expect(extremes(curves.time, curves.psi, { from: 50, to: 90 })).toBeUndefined();
  });
});
