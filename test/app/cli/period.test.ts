import { describe, expect, test } from 'vitest';
import { dayRange, timeRange } from '../../../app/cli/period.ts';
import { parseDay, parseTime } from '../../../domain/reading/wallClock.ts';

describe('a range of times', () => {
  test('begins with --from', () => {
    expect(timeRange({ from: '2014-03-14T12:00' })).toEqual({ from: parseTime('2014-03-14T12:00'), to: undefined });
    expect(timeRange({ from: '2014-03-14' }).from).toBe(parseTime('2014-03-14T00:00'));
  });

  test('ends before --to when that is a time', () => {
    expect(timeRange({ to: '2014-03-14T12:00:30' }).to).toBe(parseTime('2014-03-14T12:00:30'));
  });

  test('ends with the day of --to when that is a date', () => {
    expect(timeRange({ to: '2014-03-14' }).to).toBe(parseTime('2014-03-15T00:00'));
  });

  test('of one day is that day', () => {
    expect(timeRange({ from: '2014-03-14', to: '2014-03-14' })).toEqual({ from: parseTime('2014-03-14'), to: parseTime('2014-03-15') });
  });

  test.each(['2014-02-29', '14-03-14', '2014-3-1', '2014-03-14T24:00', '2014-03-14 12:00', 'today', ''])(
    '%j is refused with what is expected',
    (from) => {
      expect(() => timeRange({ from })).toThrow(
        `--from: expected YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss] that exists in the calendar, got "${from}"`,
      );
    },
  );

  test('that runs backwards is refused', () => {
    expect(() => timeRange({ from: '2014-03-15', to: '2014-03-14' })).toThrow(expect.objectContaining({ code: 'USAGE', exitCode: 2 }));
  });
});

describe('a range of days', () => {
  test('includes both ends', () => {
    expect(dayRange({ from: '2014-03-10', to: '2014-03-12' })).toEqual({ fromDay: parseDay('2014-03-10'), toDay: parseDay('2014-03-12') });
  });

  test('is one day with --date', () => {
    expect(dayRange({ date: '2014-03-10' })).toEqual({ fromDay: parseDay('2014-03-10'), toDay: parseDay('2014-03-10') });
  });

  test('takes no times', () => {
    expect(() => dayRange({ from: '2014-03-10T12:00' })).toThrow(
      '--from: expected YYYY-MM-DD that exists in the calendar, got "2014-03-10T12:00"',
    );
  });

  test('that runs backwards is refused', () => {
    expect(() => dayRange({ from: '2014-03-15', to: '2014-03-14' })).toThrow('--to: expected nothing before --from');
  });
});
