import type { TimeUnit } from '../../ingest/decode/mapping/format.ts';
import { readIso, readSerial, TimeFormat } from '../../ingest/decode/mapping/timeFormat.ts';

/** How times are written. `ask`: whether day or month comes first, nothing proves. */
export type TimeGuess =
  | { readonly kind: 'format'; readonly format: string; readonly order: 'year' | 'day' | 'month' | 'name' }
  | { readonly kind: 'ask'; readonly day: string; readonly month: string; readonly example: string }
  | { readonly kind: 'unit'; readonly unit: TimeUnit };

export type DateOrder = 'day' | 'month';

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d{1,9})?)?(\s?[AaPp][Mm])?`;
const NUMERIC = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:(,? |T)${CLOCK})?$`);
const NAMED = new RegExp(String.raw`^(\d{1,2})([-. /]|\. )([A-Za-zÄä]{3,9})([-. /]|\. )(\d{4}|\d{2})(?:( )${CLOCK})?$`);
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?:( |T)${CLOCK})?$`);
/** As Java and the settings of the US write: Mar 14, 2014 1:00:00 AM, and Fri Mar 14 01:00:00 CET 2014. */
const MONTH_FIRST = new RegExp(String.raw`^(?:([A-Za-z]{3,9})( |, ))?([A-Za-z]{3,9}) (\d{1,2}), (\d{4})(,? )${CLOCK}$`);
const JAVA = new RegExp(String.raw`^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{1,2}:\d{2}:\d{2} ([A-Z]{2,5}) \d{4}$`);
/** 20140314010000, as loggers write it. */
const DIGITS = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/;
const CLOCK_ALONE = new RegExp(`^${CLOCK}$`);
const EPOCHS = [['s', 9, 10], ['ms', 12, 13], ['us', 15, 16], ['ns', 18, 19]] as const;

/** Whether a text can be a date, a time of day, or both. */
export function kindOfTime(text: string): 'both' | 'date' | 'clock' | undefined {
  if (readIso(text) || DIGITS.test(text)) return 'both';
  const match = NUMERIC.exec(text) ?? NAMED.exec(text) ?? YEAR_FIRST.exec(text) ?? MONTH_FIRST.exec(text) ?? JAVA.exec(text);
  if (match) return text.includes(':') ? 'both' : 'date';
  return CLOCK_ALONE.test(text) ? 'clock' : undefined;
}

/** How texts are written that are times, all of them; undefined for what can't be told. `order` is what somebody answered. */
export function guessTime(texts: readonly string[], order: DateOrder | undefined): TimeGuess | undefined {
  const first = texts.find((text) => text !== '');
  if (first === undefined) return undefined;
  if (texts.every((text) => text === '' || readIso(text))) return { kind: 'format', format: 'iso', order: 'year' };
  const epoch = texts.every((text) => DIGITS.test(text)) ? undefined : EPOCHS.find(([, least, most]) => texts.every((text) => isEpoch(text, least, most)));
  if (epoch) return { kind: 'unit', unit: epoch[0] };
  if (texts.every((text) => text === '' || isSerial(text))) return { kind: 'unit', unit: 'excel' };
  const longest = texts.reduce((a, b) => (b.length > a.length ? b : a), first);
  const candidates = formatsOf(longest).filter(({ format }) => {
    const reader = new TimeFormat(format);
    return texts.every((text) => text === '' || reader.read(text) !== undefined);
  });
  const [only, other] = candidates;
  if (!other) return only && { kind: 'format', ...only };
  const answered = candidates.find((candidate) => candidate.order === order);
  return answered ? { kind: 'format', ...answered } : { kind: 'ask', day: only.format, month: other.format, example: first };
}

/** Whether a text can be a spreadsheet's number of days, of the years from 2000 on. */
export function isSerial(text: string): boolean {
  const wall = readSerial(text);
  return wall !== undefined && wall >= Date.UTC(2000, 0) && wall < Date.UTC(2100, 0);
}

function isEpoch(text: string, least: number, most: number): boolean {
  const digits = /^(\d+)(?:\.\d+)?$/.exec(text)?.[1];
  return text === '' || (digits !== undefined && digits.length >= least && digits.length <= most);
}

/** The formats that a text may be of: day first before month first. */
function formatsOf(text: string): { readonly format: string; readonly order: 'year' | 'day' | 'month' | 'name' }[] {
  const numeric = NUMERIC.exec(text);
  if (numeric) {
    const [, , separator, , year, gap = '', ...clock] = numeric;
    const rest = `${separator}${year.length === 4 ? 'YYYY' : 'YY'}${clockFormat(gap, clock)}`;
    return [{ format: `DD${separator}MM${rest}`, order: 'day' }, { format: `MM${separator}DD${rest}`, order: 'month' }];
  }
  const named = NAMED.exec(text);
  if (named) {
    const [, , before, , after, year, gap = '', ...clock] = named;
    return [{ format: `DD${before}MMM${after}${year.length === 4 ? 'YYYY' : 'YY'}${clockFormat(gap, clock)}`, order: 'name' }];
  }
  const zone = JAVA.exec(text)?.[1];
  if (zone !== undefined) return [{ format: `ddd MMM D HH:mm:ss [${zone}] YYYY`, order: 'name' }];
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst) {
    const [, day, behind = '', , , , gap, ...clock] = monthFirst;
    return [{ format: `${day === undefined ? '' : `ddd${behind}`}MMM D, YYYY${clockFormat(gap, clock)}`, order: 'name' }];
  }
  if (DIGITS.test(text)) return [{ format: text.length === 14 ? 'YYYYMMDDHHmmss' : 'YYYYMMDDHHmm', order: 'year' }];
  const dated = YEAR_FIRST.exec(text);
  if (!dated) return [];
  const [, , separator, , , gap = '', ...clock] = dated;
  return [{ format: `YYYY${separator}MM${separator}DD${clockFormat(gap, clock)}`, order: 'year' }];
}

/** The format of a time of day after a gap. */
function clockFormat(gap: string, [hour, , second, fraction, half]: readonly (string | undefined)[]): string {
  if (hour === undefined) return '';
  const hours = half === undefined ? 'HH' : 'hh';
  const literal = gap === 'T' ? '[T]' : gap;
  const seconds = second === undefined ? '' : `:ss${fraction === undefined ? '' : `${fraction[0]}S`}`;
  return `${literal}${hours}:mm${seconds}${half === undefined ? '' : `${half.startsWith(' ') ? ' ' : ''}A`}`;
}

/** `ms since 1970`. */
export function unitText(unit: TimeUnit): string {
  return unit === 'excel' ? 'days since 1899-12-30, as spreadsheets count them,' : `${unit} since 1970`;
}
