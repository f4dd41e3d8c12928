import { AppError } from '../../domain/errors.ts';
import { plainTime } from '../../domain/reading/askedTime.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { parseDay, parseRangeEnd, parseTime } from '../../domain/reading/wallClock.ts';
import type { TimeRange } from '../../domain/reading/selection.ts';

/** The words of `--from` and `--to`. */
export interface PeriodOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * A half-open range of wall times. `--from` is inclusive. `--to` is exclusive when it is a time, inclusive when it is a date.
 * Throws USAGE.
 */
export function timeRange({ from, to }: PeriodOptions, zone: string): TimeRange {
  const start = from === undefined ? undefined : timeOf('--from', from, zone);
  const isDate = to !== undefined && parseDay(plain(to, zone)) !== undefined;
  const end = to === undefined ? undefined : timeOf('--to', to, zone, parseRangeEnd);
  if (start !== undefined && end !== undefined && (start > end || (isDate && start === end))) throw backwards(from, to);
  return { from: start, to: end };
}

/** Day numbers, both inclusive, of `--date` or of `--from` and `--to`; absent means unbounded. Throws USAGE. */
export function dayRange({ date, from, to }: PeriodOptions & { readonly date?: string | undefined }, zone: string): {
  fromDay?: number | undefined;
  toDay?: number | undefined;
} {
  if (date !== undefined) {
    const day = dayOf('--date', date, zone);
    return { fromDay: day, toDay: day };
  }
  const fromDay = from === undefined ? undefined : dayOf('--from', from, zone);
  const toDay = to === undefined ? undefined : dayOf('--to', to, zone);
  if (fromDay !== undefined && toDay !== undefined && fromDay > toDay) throw backwards(from, to);
  return { fromDay, toDay };
}

/** A wall time, or the midnight of a date, as {@link plainTime} takes it; `zone` is the site's. Throws USAGE. */
export function timeOf(flag: string, text: string, zone: string, parse = parseTime): number {
  const time = parse(plain(text, zone));
  if (time === undefined)
    throw new AppError('USAGE', `${flag}: expected YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss] that exists in the calendar, -24h, yesterday or 3/14/14, got "${text}"`);
  return time;
}

/** The day number of a date, or the day of what counts back from now. Throws USAGE. */
export function dayOf(flag: string, text: string, zone: string): number {
  const asked = plain(text, zone);
  const day = parseDay(asked !== text && asked.includes('T') && !text.includes(':') ? asked.slice(0, 10) : asked);
  if (day === undefined) throw new AppError('USAGE', `${flag}: expected YYYY-MM-DD that exists in the calendar, -7d, yesterday or 3/14/14, got "${text}"`);
  return day;
}

function plain(text: string, zone: string): string {
  return plainTime(text, new SiteClock(zone).wallTimeAt(Date.now()));
}

function backwards(from: string | undefined, to: string | undefined): AppError {
  return new AppError('USAGE', `--to: expected nothing before --from, got ${to} with --from ${from}`);
}
