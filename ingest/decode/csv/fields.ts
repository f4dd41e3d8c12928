import { visible } from '../../../domain/text.ts';
import { DAY_MS, dayNumber, isDate } from '../../../domain/reading/wallClock.ts';

/** How much of a field is quoted in a reason, in code points. */
const SHOWN = 40;

const DATE = /^(?:(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})|(\d{4})-(\d{2})-(\d{2}))$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** Removes spaces at both ends: U+0020 and nothing else, because a tab is a control character like any other. */
export function trimSpaces(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text[from] === ' ') from++;
  while (to > from && text[to - 1] === ' ') to--;
  return text.slice(from, to);
}

/** The day number of `M/D/YY`, `M/D/YYYY` or `YYYY-MM-DD`, or undefined when that is no date. Two digits are 20YY. */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, m, d, y, isoYear, isoMonth, isoDay] = match;
  const month = Number(m ?? isoMonth);
  const day = Number(d ?? isoDay);
  const year = y?.length === 2 ? 2000 + Number(y) : Number(y ?? isoYear);
  return isDate(year, month, day) ? dayNumber(year, month, day) : undefined;
}

/** The milliseconds since midnight of `H:mm[:ss[.mmm]]`, or undefined when no clock shows that. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const time = hour * 3_600_000 + minute * 60_000 + second * 1000 + Number((match[4] ?? '').padEnd(3, '0'));
  return time < DAY_MS ? time : undefined;
}

/** The double of a decimal number, or undefined when it is none or too large for one. */
export function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Whether a number stands for "no value": loggers write these where a sensor gave nothing. No measure of a pump can be one
 * of them, and taken for a measurement it would alarm, and spoil the day's minimum and mean. It is read like an empty field.
 */
export function isNoValue(value: number): boolean {
  return value <= -999 && (value === -999 || value === -9999 || value === -99_999 || value === -999.25);
}

/** A field as it is shown in a reason: short, on one line, what nobody sees as escapes. */
export function quoteField(text: string): string {
  if (text === '') return 'nothing';
  const start = [...text.slice(0, 2 * SHOWN + 2)];
  const shown = visible(start.slice(0, SHOWN).join(''));
  return `\`${shown}${start.length > SHOWN ? '…' : ''}\``;
}
