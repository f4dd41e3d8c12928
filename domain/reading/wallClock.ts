import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';

dayjs.extend(utc);
dayjs.extend(timezone);

/**
 * The site's wall clock. A *wall time* is the number of milliseconds from 1970-01-01T00:00 to a date
 * and time of day as they were reported, counted as if every day had 24 hours. It belongs to no zone
 * and is never shifted; the hour skipped in spring and the hour repeated in autumn are times like any
 * other. A *day number* counts days from 1970-01-01. Years run from 0 to 9999.
 */
export const DAY_MS = 86_400_000;

/** The first wall time that can be written, 0000-01-01T00:00. */
export const MIN_TIME = -62_167_219_200_000;
/** The wall time after the last that can be written, 10000-01-01T00:00. */
export const MAX_TIME = 253_402_300_800_000;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a date exists in the (proleptic Gregorian) calendar; month and day count from 1. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= DAYS_IN_MONTH[month - 1] + (leap ? 1 : 0);
}

/**
 * The day number of a date that exists. The algorithm is `days_from_civil` of Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms"; `Date.UTC` maps the years 0 to 99 to 1900 to 1999.
 */
export function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day number of a wall time. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** `2014-03-14` of a day number. */
export function formatDay(day: number): string {
  return formatTime(day * DAY_MS).slice(0, 10);
}

/** `2014-03-14T12:00:00`, and `.250` after it when there are milliseconds. */
export function formatTime(time: number): string {
  const iso = new Date(time).toISOString();
  return iso.endsWith('.000Z') ? iso.slice(0, 19) : iso.slice(0, 23);
}

/** The day number of `YYYY-MM-DD`, or undefined when that is no date. */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return isDate(year, month, day) ? dayNumber(year, month, day) : undefined;
}

/** The wall time of `YYYY-MM-DD` or `YYYY-MM-DDTHH:mm[:ss[.mmm]]`, or undefined when that is no time. */
export function parseTime(text: string): number | undefined {
  const day = parseDay(text.slice(0, 10));
  if (day === undefined) return undefined;
  if (text.length === 10) return day * DAY_MS;
  const match = /^T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/.exec(text.slice(10));
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return day * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + Number((match[4] ?? '').padEnd(3, '0'));
}

/**
 * Where a half-open range of wall times ends that is written as a time, before it, or as a date, whose day is in it.
 * Undefined for what is neither.
 */
export function parseRangeEnd(text: string): number | undefined {
  const day = parseDay(text);
  return day === undefined ? parseTime(text) : (day + 1) * DAY_MS;
}

/** What day it is now at the site. `zone` is an IANA name. */
export function today(now: Date, zone: string): number {
  return parseDay(dayjs(now).tz(zone).format('YYYY-MM-DD'))!;
}

/** The instant at which the site's clock shows a wall time, in ms since 1970-01-01T00:00Z. `zone` is an IANA name. */
export function instantOf(time: number, zone: string): number {
  return dayjs.tz(formatTime(time), zone).valueOf();
}
