import type { Query } from '../../route.ts';

const DAY_MS = 86_400_000;
const monthName = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Days of the site's calendar, `YYYY-MM-DD`, both inclusive. */
export interface Period {
  readonly from: string;
  readonly to: string;
  /** `YYYY-MM` when it is a whole month. */
  readonly month: string | null;
}

/** What the address says: `month=2014-03`, or `from=…&to=…`; undefined when it says neither. */
export function periodOf(query: URLSearchParams): Period | undefined {
  const [from, to, month] = [query.get('from') ?? '', query.get('to') ?? '', query.get('month') ?? ''];
  if (isDay(from) && isDay(to) && from <= to) return { from, to, month: null };
  return isDay(`${month}-01`) ? monthPeriod(month) : undefined;
}

/** Whether the address names a period and that can't be understood. */
export function isBroken(query: URLSearchParams): boolean {
  const understood = periodOf(query);
  return query.has('from') || query.has('to') ? understood?.month !== null : query.has('month') && understood === undefined;
}

/** A whole month, `YYYY-MM`. */
export function monthPeriod(month: string): Period {
  const [year, number] = month.split('-').map(Number);
  return { from: `${month}-01`, to: dayText(Date.UTC(year, number) - DAY_MS), month };
}

/** The part of the query that says a period, for `setQuery`. */
export function periodQuery({ from, to, month }: Period): Query {
  return month === null ? { month: null, from, to } : { month, from: null, to: null };
}

/** The month so many months after another, `YYYY-MM`. */
export function monthAfter(month: string, by: number): string {
  const [year, number] = month.split('-').map(Number);
  return dayText(Date.UTC(year, number - 1 + by)).slice(0, 7);
}

/** `March 2014`, or `2014-03-10 – 2014-03-14`. */
export function periodName({ from, to, month }: Period): string {
  return month === null ? `${from} – ${to}` : monthName.format(Date.parse(from));
}

/** Every day from one to another, both inclusive. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) days.push(dayText(time));
  return days;
}

/** The day after, as the exclusive end of a view of curves. */
export function dayAfter(day: string): string {
  return dayText(Date.parse(day) + DAY_MS);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function dayText(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
