import type { Readings } from '../../../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../../../domain/reading/wallClock.ts';
import { quoteField } from './fields.ts';

/**
 * Whether dates are written month first or day first. `3/4/26` may be either, and wellwatch reads it month first; `25/3/26`
 * can only be day first, and `3/25/26` or `2026-03-25` only what wellwatch expects. A source whose dates can all be day
 * first, and some of them only so, is one that wellwatch would read wrongly without a word.
 */
export type DateOrder = 'unknown' | 'monthFirst' | 'dayFirst';

const DATE = /(?:^|[,"\s])(?:(\d{1,2})\/(\d{1,2})\/(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?=[,"\s]|$)/;
/** Lines that are looked at first, spread over the text. */
const SAMPLE = 256;
/** The bytes of a line in which its date stands. */
const LINE_BYTES = 200;
const LONGEST_DATE = 10;
const [SPACE, QUOTE, COMMA, DIGIT_0, DIGIT_9, LAST_ASCII] = [32, 34, 44, 48, 57, 126];

/** What the text of a date proves. */
function orderOf(date: RegExpExecArray | null): DateOrder {
  if (!date) return 'unknown';
  const [first, second] = [Number(date[1] ?? 0), Number(date[2] ?? 0)];
  if (date[1] === undefined || second > 12) return 'monthFirst';
  return first > 12 ? 'dayFirst' : 'unknown';
}

/** Whether a date that can't be read month first can be read day first. */
export function isDayFirst(date: string): boolean {
  return orderOf(DATE.exec(date)) === 'dayFirst';
}

/** How the reason of a row begins whose date is day first. */
export const DAY_FIRST = 'expected Date month first';

/** The reason of a row whose date is day first. */
export function dayFirstReason(date: string): string {
  return `${DAY_FIRST}, as in 3/25/26, or as in 2026-03-25, got ${quoteField(date)}, whose month would be ${date.split('/')[0]}`;
}

/** Whether any of the rows from `row` on has a day of the month that no month has, so that its date was month first. */
export function hasDayAfter12({ time, length }: Pick<Readings, 'time' | 'length'>, row: number): boolean {
  let last = NaN;
  for (let i = row; i < length; i++) {
    const day = dayOf(time[i]);
    if (day !== last && new Date(day * DAY_MS).getUTCDate() > 12) return true;
    last = day;
  }
  return false;
}

/**
 * What the dates of a text prove, line by line: `dayFirst` when at least one can only be day first and none speaks against
 * it. One date that is month first decides at once, so that a text of that kind costs a few lines.
 */
export function dateOrderOf(bytes: Buffer, from: number, to: number): DateOrder {
  const step = Math.max(1, Math.floor((to - from) / SAMPLE));
  let order: DateOrder = 'unknown';
  for (let at = from; at < to; at += step) {
    const found = orderOf(dateOfLine(bytes, at === from ? from : bytes.indexOf(10, at) + 1, to));
    if (found === 'monthFirst') return found;
    if (found === 'dayFirst') order = found;
  }
  let known = NaN; // where a date begins that has been looked at: mostly the next line has the same one
  for (let at = from; at < to; at = bytes.indexOf(10, at) + 1 || to) {
    const field = secondField(bytes, at, to);
    if (isSameField(bytes, known, field)) continue;
    const date = dateOfLine(bytes, at, to);
    known = date?.index === field - at - 1 ? field : NaN;
    const found = orderOf(date);
    if (found === 'monthFirst') return found;
    if (found === 'dayFirst') order = found;
  }
  return order;
}

/** Where the second field of a line begins, if no date can stand before it; NaN otherwise. */
function secondField(bytes: Buffer, at: number, to: number): number {
  if (bytes[at] >= DIGIT_0 && bytes[at] <= DIGIT_9) return NaN;
  for (let i = at; i < to; i++) {
    const byte = bytes[i];
    if (byte === COMMA) return i + 1;
    if (byte <= SPACE || byte === QUOTE || byte > LAST_ASCII) return NaN; // behind these a date may begin
  }
  return NaN;
}

/** Whether the fields that begin at two places are the same, and short enough for a date. */
function isSameField(bytes: Buffer, a: number, b: number): boolean {
  for (let i = 0; i <= LONGEST_DATE; i++) {
    if (bytes[b + i] !== bytes[a + i]) return false;
    if (bytes[b + i] === COMMA) return true;
  }
  return false;
}

/** The first date of a line. */
function dateOfLine(bytes: Buffer, at: number, to: number): RegExpExecArray | null {
  const lf = bytes.subarray(at, Math.min(to, at + LINE_BYTES)).indexOf(10);
  return DATE.exec(bytes.toString('latin1', at, lf < 0 ? Math.min(to, at + LINE_BYTES) : at + lf));
}
