import { expect, test } from 'vitest';
import { parseReadingKey, readingKey } from '../../../domain/reading/rowKey.ts';
import {
  dayNumber,
  formatDay,
  formatTime,
  isDate,
  MAX_TIME,
  MIN_TIME,
  parseDay,
  parseTime,
  today,
} from '../../../domain/reading/wallClock.ts';
import fc from '../../support/property.ts';

const times = fc.integer({ min: MIN_TIME, max: MAX_TIME - 1 });

test('the calendar knows its leap years', () => {
  expect([[2016, 2, 29], [2000, 2, 29], [2014, 12, 31]].every(([y, m, d]) => isDate(y, m, d))).toBe(true);
  expect(
    [
      [2015, 2, 29],
      [1900, 2, 29],
      [2014, 4, 31],
      [2014, 0, 1],
      [2014, 13, 1],
      [2014, 1, 0],
    ].some(([y, m, d]) => isDate(y, m, d)),
  ).toBe(false);
});

test('day numbers agree with the platform for every year from 0 to 9999', () => {
  fc.assert(fc.property(times, (time) => {
    const iso = new Date(time).toISOString();
    expect(dayNumber(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), Number(iso.slice(8, 10)))).toBe(Math.floor(time / 86_400_000));
  }));
  expect(formatDay(dayNumber(0, 1, 1))).toBe('0000-01-01');
});

test('a formatted time is parsed back', () => {
  fc.assert(fc.property(times, (time) => {
    expect(parseTime(formatTime(time))).toBe(time);
  }));
});

test('what is no date or time is none', () => {
  for (const text of [
    '2014-02-30',
    '14-02-03',
    '2014-2-3',
    '2014-02-03T',
    '2014-02-03T24:00',
    '2014-02-03T12:60',
    '2014-02-03T12:00:60',
    '2014-02-03 12:00',
    '',
  ])
    expect(parseTime(text)).toBeUndefined();
  expect(parseDay('2014-02-03T12:00')).toBeUndefined();
  expect(parseTime('2014-02-03T12:30')).toBe(parseTime('2014-02-03T12:30:00.000'));
});

test('a row key sorts by pump and time, leaves out seconds and milliseconds that are zero, and is read from the right', () => {
  const at = (text: string) => parseTime(text)!;
  expect(readingKey('COHUTTA', at('2014-03-10T01:01'))).toBe('COHUTTA_2014-03-10_01:01');
  expect(readingKey('COHUTTA', at('2014-03-10T01:01:05'))).toBe('COHUTTA_2014-03-10_01:01:05');
  expect(readingKey('COHUTTA', at('2014-03-10T01:01:00.250'))).toBe('COHUTTA_2014-03-10_01:01:00.250');
  expect(parseReadingKey('A_2014-03-10_00:00_2014-03-10_01:01')).toEqual({ pump: 'A_2014-03-10_00:00', time: at('2014-03-10T01:01') });
  fc.assert(fc.property(fc.string({ minLength: 1 }), times, (pump, time) => {
    expect(parseReadingKey(readingKey(pump, time))).toEqual({ pump, time });
  }));
});

test('today is the site’s day, not the machine’s', () => {
  const now = new Date('2014-03-10T03:00:00Z');
  expect(formatDay(today(now, 'America/Chicago'))).toBe('2014-03-09');
  expect(formatDay(today(now, 'Asia/Tokyo'))).toBe('2014-03-10');
});
