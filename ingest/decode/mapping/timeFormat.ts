import { DAY_MS, dayNumber, isDate } from '../../../domain/reading/wallClock.ts';

/** A time as it was written: a wall time, and the offset that stood beside it, ms, or undefined. */
export interface WrittenTime {
  readonly wall: number;
  readonly offsetMs: number | undefined;
}

const TOKENS = /\[[^\]]*\]|YYYY|YY|MMMM|MMM|MM|M|dddd|ddd|DD|D|HH|H|hh|h|mm|m|ss|s|S+|A|a|Z|./gsu;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Months of German exports that are written otherwise. */
const OTHER_MONTHS: Readonly<Record<string, number>> = { mär: 3, mrz: 3, mai: 5, okt: 10, dez: 12 };

/** What a token reads, and from how many to how many digits. */
type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction';
type Step =
  | { readonly kind: 'digits'; readonly field: Field; readonly least: number; readonly most: number }
  | { readonly kind: 'monthName' }
  /** The name of a day: it says nothing that the date does not. */
  | { readonly kind: 'dayName' }
  | { readonly kind: 'half' }
  | { readonly kind: 'zone' }
  | { readonly kind: 'text'; readonly text: string };

const DIGITS: Readonly<Record<string, readonly [Field, number, number]>> = {
  YYYY: ['year', 4, 4], YY: ['year', 2, 2], MM: ['month', 1, 2], M: ['month', 1, 2], DD: ['day', 1, 2], D: ['day', 1, 2],
  HH: ['hour', 1, 2], H: ['hour', 1, 2], hh: ['hour', 1, 2], h: ['hour', 1, 2],
  mm: ['minute', 1, 2], m: ['minute', 1, 2], ss: ['second', 1, 2], s: ['second', 1, 2],
};

/** A format of times, such as `DD.MM.YYYY HH:mm:ss`, with the tokens of dayjs; text in `[…]` stands for itself. */
export class TimeFormat {
  readonly #steps: readonly Step[];
  readonly #twelve: boolean;
  readonly #fields: Record<Field, number> = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, fraction: 0 };
  #half = -1;
  #offsetMs: number | undefined;

  constructor(format: string) {
    const tokens = format.match(TOKENS) ?? [];
    this.#steps = tokens.map(stepOf);
    this.#twelve = tokens.some((token) => token === 'h' || token === 'hh');
  }

  /** Reads a text that fits as a whole; undefined for one that does not, or that no calendar and no clock shows. */
  read(text: string): WrittenTime | undefined {
    const fields = this.#fields;
    fields.hour = fields.minute = fields.second = fields.fraction = 0;
    this.#half = -1;
    this.#offsetMs = undefined;
    let at = 0;
    for (const step of this.#steps) {
      at = this.#read(step, text, at);
      if (!(at >= 0)) return undefined;
    }
    return at === text.length ? this.#written() : undefined;
  }

  #read(step: Step, text: string, at: number): number {
    switch (step.kind) {
      case 'digits': return this.#digits(step, text, at);
      case 'text': return text.startsWith(step.text, at) ? at + step.text.length : -1;
      case 'monthName': return this.#monthName(text, at);
      case 'dayName': return at + (/^\p{L}{2,10}\.?/u.exec(text.slice(at, at + 12))?.[0].length ?? NaN);
      case 'half': return this.#readHalf(text, at);
      case 'zone': return this.#zone(text, at);
    }
  }

  #digits({ field, least, most }: Extract<Step, { kind: 'digits' }>, text: string, from: number): number {
    let at = from;
    let number = 0;
    let digits = 0;
    for (let code = text.charCodeAt(at) - 48; digits < most && code >= 0 && code < 10; code = text.charCodeAt(++at) - 48) {
      // Of a fraction milliseconds are kept.
      if (field !== 'fraction' || digits < 3) number = number * 10 + code;
      digits++;
    }
    if (digits < least) return -1;
    if (field === 'fraction') for (let i = digits; i < 3; i++) number *= 10;
    this.#fields[field] = field === 'year' && most === 2 ? 2000 + number : number;
    return at;
  }

  #monthName(text: string, at: number): number {
    const word = /^\p{L}+\.?/u.exec(text.slice(at, at + 12))?.[0];
    if (word === undefined || word.length < 3) return -1;
    const start = word.slice(0, 3).toLowerCase();
    const month = MONTHS.indexOf(start) + 1 || OTHER_MONTHS[start];
    if (!month) return -1;
    this.#fields.month = month;
    return at + word.length;
  }

  #readHalf(text: string, at: number): number {
    const half = text.slice(at, at + 2).toLowerCase();
    if (half !== 'am' && half !== 'pm') return -1;
    this.#half = half === 'pm' ? 12 : 0;
    return at + 2;
  }

  #zone(text: string, at: number): number {
    const match = /^(?:Z|([+-])(\d{2}):?(\d{2}))/i.exec(text.slice(at, at + 6));
    if (!match) return -1;
    this.#offsetMs = offsetOf(match[1], match[2], match[3]);
    return at + match[0].length;
  }

  #written(): WrittenTime | undefined {
    const { year, month, day, minute, second, fraction } = this.#fields;
    let { hour } = this.#fields;
    if (this.#twelve || this.#half >= 0) {
      if (hour < 1 || hour > 12 || this.#half < 0) return undefined;
      hour = (hour % 12) + this.#half;
    }
    return wallOf([year, month, day], [hour, minute, second, fraction], this.#offsetMs);
  }
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?$/i;

/** Reads `2014-03-14T01:00:00.250-06:00`: T or a space, seconds and zone may be left out; parts of a millisecond are cut off. */
export function readIso(text: string): WrittenTime | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', utc, sign, hours, minutes = '00'] = match;
  const offsetMs = utc === undefined && sign === undefined ? undefined : offsetOf(sign, hours, minutes);
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return wallOf([Number(year), Number(month), Number(day)], [Number(hour), Number(minute), Number(second), ms], offsetMs);
}

const SERIAL_START = -25_569 * DAY_MS;
/** So many decimals of a day tell milliseconds; fewer, seconds. */
const MS_DECIMALS = 8;

/** The wall time of a spreadsheet's number of days since 1899-12-30, such as `41712.0416666667`, with a point or a comma. */
export function readSerial(text: string): number | undefined {
  const match = /^\d{1,7}(?:[.,](\d*))?$/.exec(text);
  if (!match) return undefined;
  const step = (match[1] ?? '').length < MS_DECIMALS ? 1000 : 1;
  return SERIAL_START + Math.round((Number(text.replace(',', '.')) * DAY_MS) / step) * step;
}

function wallOf(
  [year, month, day]: readonly [number, number, number],
  [hour, minute, second, ms]: readonly [number, number, number, number],
  offsetMs: number | undefined,
): WrittenTime | undefined {
  if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  return { wall: dayNumber(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms, offsetMs };
}

function offsetOf(sign: string | undefined, hours = '0', minutes = '0'): number {
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** The ms of an offset such as `-06:00`, or undefined when a zone is none. */
export function fixedOffset(zone: string): number | undefined {
  const match = /^([+-])(\d{2}):(\d{2})$/.exec(zone);
  return match ? offsetOf(match[1], match[2], match[3]) : undefined;
}

/** What is wrong with a format of times, as `expected …`; undefined when it tells day and time. */
export function timeFormatProblem(format: string): string | undefined {
  if (format === 'iso') return undefined;
  const tokens: readonly string[] = format.match(TOKENS) ?? [];
  const has = (...names: readonly string[]) => names.some((name) => tokens.includes(name));
  const lacks = [
    ...(has('YYYY', 'YY') ? [] : ['a year (YYYY or YY)']),
    ...(has('M', 'MM', 'MMM', 'MMMM') ? [] : ['a month (M, MM or MMM)']),
    ...(has('D', 'DD') ? [] : ['a day (D or DD)']),
    ...(has('H', 'HH', 'h', 'hh') ? [] : ['an hour (H, HH, or h with A)']),
    ...(has('h', 'hh') && !has('A', 'a') ? ['A beside h, for AM or PM'] : []),
    ...(has('m', 'mm') ? [] : ['minutes (mm)']),
  ];
  return lacks.length === 0 ? undefined : `expected iso, or a format with ${lacks.join(' and ')}`;
}

function stepOf(token: string): Step {
  if (token in DIGITS) {
    const [field, least, most] = DIGITS[token];
    return { kind: 'digits', field, least, most };
  }
  if (/^S+$/.test(token)) return { kind: 'digits', field: 'fraction', least: 1, most: 9 };
  if (token === 'MMM' || token === 'MMMM') return { kind: 'monthName' };
  if (token === 'ddd' || token === 'dddd') return { kind: 'dayName' };
  if (token === 'A' || token === 'a') return { kind: 'half' };
  if (token === 'Z') return { kind: 'zone' };
  return { kind: 'text', text: token.length > 1 ? token.slice(1, -1) : token };
}
