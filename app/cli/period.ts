import { AppError } from '../../domain/errors.ts';
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
export function timeRange({ from, to }: PeriodOptions): TimeRange {
  const start = from === undefined ? undefined : timeOf('--from', from);
  const isDate = to !== undefined && parseDay(to) !== undefined;
  const end = to === undefined ? undefined : timeOf('--to', to, parseRangeEnd);
  if (start !== undefined && end !== undefined && (start > end || (isDate && start === end))) throw backwards(from, to);
  return { from: start, to: end };
}

/** Day numbers, both inclusive, of `--date` or of `--from` and `--to`; absent means unbounded. Throws USAGE. */
export function dayRange({ date, from, to }: PeriodOptions & { readonly date?: string | undefined }): {
  fromDay?: number | undefined;
  toDay?: number | undefined;
} {
  if (date !== undefined) {
    const day = dayOf('--date', date);
    return { fromDay: day, toDay: day };
  }
  const fromDay = from === undefined ? undefined : dayOf('--from', from);
  const toDay = to === undefined ? undefined : dayOf('--to', to);
  if (fromDay !== undefined && toDay !== undefined && fromDay > toDay) throw backwards(from, to);
  return { fromDay, toDay };
}

/** A wall time, or the midnight of a date. Throws USAGE. */
export function timeOf(flag: string, text: string, parse = parseTime): number {
  const time = parse(text);
  if (time === undefined)
    throw new AppError('USAGE', `${flag}: expected YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss] that exists in the calendar, got "${text}"`);
  return time;
}

/** The day number of a date. Throws USAGE. */
export function dayOf(flag: string, text: string): number {
  const day = parseDay(text);
  if (day === undefined) throw new AppError('USAGE', `${flag}: expected YYYY-MM-DD that exists in the calendar, got "${text}"`);
  return day;
}

function backwards(from: string | undefined, to: string | undefined): AppError {
  return new AppError('USAGE', `--to: expected nothing before --from, got ${to} with --from ${from}`);
}
