import { describe, expect, test } from 'vitest';
import { dayRange, timeOf, timeRange } from '../../../app/cli/period.ts';
import { plainTime } from '../../../domain/reading/askedTime.ts';
import { parseDay, parseTime } from '../../../domain/reading/wallClock.ts';

describe('a range of times', () => {
  test('begins with --from', () => {
    expect(timeRange({ from: '2014-03-14T12:00' }, 'UTC')).toEqual({ from: parseTime('2014-03-14T12:00'), to: undefined });
    expect(timeRange({ from: '2014-03-14' }, 'UTC').from).toBe(parseTime('2014-03-14T00:00'));
  });

  test('ends before --to when that is a time', () => {
    expect(timeRange({ to: '2014-03-14T12:00:30' }, 'UTC').to).toBe(parseTime('2014-03-14T12:00:30'));
  });

  test('ends with the day of --to when that is a date', () => {
    expect(timeRange({ to: '2014-03-14' }, 'UTC').to).toBe(parseTime('2014-03-15T00:00'));
  });

  test('of one day is that day', () => {
    expect(timeRange({ from: '2014-03-14', to: '2014-03-14' }, 'UTC')).toEqual({ from: parseTime('2014-03-14'), to: parseTime('2014-03-15') });
  });

  test.each(['2014-02-29', '14-03-14', '2014-3-1', '2014-03-14T24:00', '13/14/14', '-24x', 'soon', ''])(
    '%j is refused with what is expected',
    (from) => {
      expect(() => timeRange({ from }, 'UTC')).toThrow(
        `--from: expected YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss] that exists in the calendar, -24h, yesterday or 3/14/14, got "${from}"`,
      );
    },
  );

  test('that runs backwards is refused', () => {
    expect(() => timeRange({ from: '2014-03-15', to: '2014-03-14' }, 'UTC')).toThrow(expect.objectContaining({ code: 'USAGE', exitCode: 2 }));
  });
});

describe('a range of days', () => {
  test('includes both ends', () => {
    expect(dayRange({ from: '2014-03-10', to: '2014-03-12' }, 'UTC')).toEqual({ fromDay: parseDay('2014-03-10'), toDay: parseDay('2014-03-12') });
  });

  test('is one day with --date', () => {
    expect(dayRange({ date: '2014-03-10' }, 'UTC')).toEqual({ fromDay: parseDay('2014-03-10'), toDay: parseDay('2014-03-10') });
  });

  test('takes no times', () => {
    expect(() => dayRange({ from: '2014-03-10T12:00' }, 'UTC')).toThrow(
      '--from: expected YYYY-MM-DD that exists in the calendar, -7d, yesterday or 3/14/14, got "2014-03-10T12:00"',
    );
  });

  test('that runs backwards is refused', () => {
    expect(() => dayRange({ from: '2014-03-15', to: '2014-03-14' }, 'UTC')).toThrow('--to: expected nothing before --from');
  });
});

describe('a time as people write it', () => {
  test('is in the form of the readings, with a blank for the T, or a word', () => {
    const at = (text: string) => timeOf('--from', text, 'UTC');
    for (const text of ['3/14/14 1:01', '03/14/2014 01:01', '2014-03-14 1:01', '2014-03-14T01:01']) expect(at(text), text).toBe(parseTime('2014-03-14T01:01'));
    expect(at('3/14/14')).toBe(parseTime('2014-03-14'));
    expect(timeRange({ to: '3/14/14' }, 'UTC').to).toBe(parseTime('2014-03-15'));
    expect(dayRange({ date: '3/14/14' }, 'UTC').fromDay).toBe(parseDay('2014-03-14'));
  });

  test('counts back from now on the site’s clock', () => {
    const now = Date.UTC(2014, 2, 14, 3, 30);
    expect(plainTime('-24h', now)).toBe('2014-03-13T03:30:00');
    expect(plainTime('Yesterday', now)).toBe('2014-03-13');
    expect(plainTime('now', now)).toBe('2014-03-14T03:30:00');
    expect(Math.abs(timeOf('--from', '-24h', 'Asia/Tokyo') - timeOf('--from', '-24h', 'America/Chicago')) / 3_600_000).toBeGreaterThan(13);
    expect(dayRange({ from: '-7d' }, 'UTC').fromDay).toBe(dayRange({ from: 'today' }, 'UTC').fromDay! - 7);
  });
});
