import { siteNow } from '../../clock.ts';
import { type Query, query } from '../../route.ts';
import { wallMs, wallText } from '../../times.ts';
import { workQuery } from '../../workNames.ts';

const DAY_MS = 86_400_000;

/** Ranges that are counted back from now, with the words for them. */
export const RANGES = [
  { value: '', text: 'any time', days: 0 },
  { value: '24h', text: 'last 24 h', days: 1 },
  { value: '7d', text: 'last 7 days', days: 7 },
  { value: '30d', text: 'last 30 days', days: 30 },
  { value: 'dates', text: 'from – to', days: 0 },
] as const;

/** What the URL asks of the alarms. */
export interface Filters {
  /** All, or only those that go on. */
  readonly all: boolean;
  readonly rule: string;
  readonly q: string;
  /** Vendor, technician and kind of work. */
  readonly work: Query;
  readonly range: (typeof RANGES)[number]['value'];
  /** Dates, both inclusive, for the range `dates`. */
  readonly from: string;
  readonly to: string;
}

export function filters(): Filters {
  const text = (key: string) => query.value.get(key) ?? '';
  const range = RANGES.find(({ value }) => value === text('range'))?.value ?? '';
  return { all: text('show') === 'all', rule: text('rule'), q: text('q'), work: workQuery(), range, from: text('from'), to: text('to') };
}

/** The filters as the API takes them. A range counted back begins at a whole minute, so that the question is not another one each time. */
export function apiQuery({ all, rule, q, work, range, from, to }: Filters): Query {
  const base = { all: all || undefined, order: all ? 'newest' : undefined, rule, q, ...work };
  if (!all) return base;
  if (range === 'dates') return { ...base, from, to: to && wallText(wallMs(to) + DAY_MS) };
  const days = RANGES.find(({ value }) => value === range)?.days ?? 0;
  return { ...base, from: days === 0 ? undefined : wallText(Math.floor(siteNow.peek() / 60_000) * 60_000 - days * DAY_MS) };
}

/** The filters in words: `last 7 days and what is still active, low-psi, pumps with “LAG”`; empty without any. */
export function inWords({ all, rule, q, work, range, from, to }: Filters): string {
  const time =
    range === 'dates'
      ? [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ')
      : RANGES.find(({ value }) => value === range)?.text;
  return [all && (range === '' || range === 'dates' ? time : `${time} and what is still active`), rule, q && `pumps with “${q}”`, ...Object.values(work)].filter(Boolean).join(', ');
}
