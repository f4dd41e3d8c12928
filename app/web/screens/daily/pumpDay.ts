import { MEASURES, type Measure } from '../../../../domain/reading/measures.ts';
import type { DayMatrixRow } from '../../../http/schemas/dayMatrix.ts';
import type { DayStatsItem } from '../../../http/schemas/stats.ts';
import { getRows } from '../../api.ts';
import { isBeyond } from '../../charts/limits.ts';
import { siteNow } from '../../clock.ts';
import { href, query } from '../../route.ts';
import { limitsOf } from '../../rules.ts';
import { wallMs, wallText } from '../../times.ts';
import { workQuery } from '../../workNames.ts';
import { curvesLink } from '../pump/range.ts';
import { type Order, ORDERS } from './orders.ts';
import { dayAfter, type Period } from './period.ts';

/** Which figure of a pump-day is shown. */
export const FIGURES = { min: 'lowest', avg: 'mean', max: 'highest' } as const;
export type Figure = keyof typeof FIGURES;

/** What a row is. Technician and work are those of the last work before a day. */
export const GROUPINGS = { pump: 'Pump', vendor: 'Vendor', technician: 'Technician', work: 'Work' } as const;
export type Grouping = keyof typeof GROUPINGS;

/** What is looked at: a measure, which figure of its day, in which rows, in which order. */
export interface Choice {
  readonly measure: Measure;
  readonly figure: Figure;
  readonly by: Grouping;
  readonly order: Order;
}

const PAGE = 5000;
/** As many rows are listed; more are a matter for CSV. */
export const MOST_LISTED = 5000;

/** The choice that the address makes; by default the mean pressure of each pump, those first that fell most. */
export function choiceOf(query: URLSearchParams): Choice {
  const chosen = <T extends string>(key: string, all: object, usual: T) => {
    const text = query.get(key) ?? '';
    return Object.hasOwn(all, text) ? (text as T) : usual;
  };
  return {
    measure: MEASURES.find((name) => name === query.get('measure')) ?? 'psi',
    figure: chosen<Figure>('show', FIGURES, 'avg'),
    by: chosen<Grouping>('by', GROUPINGS, 'pump'),
    order: chosen<Order>('order', ORDERS, 'change'),
  };
}

export interface PumpDays {
  readonly items: readonly DayStatsItem[];
  /** Whether there are more than could be shown. */
  readonly more: boolean;
}

/** The pump-days of a period by pump and day, as the address filters them; those of pumps whose id has a part are picked here. */
export async function loadPumpDays({ from, to }: Period, signal: AbortSignal): Promise<PumpDays> {
  const { items, next } = await getRows<{ items: DayStatsItem[]; next: string | null }>(
    '/stats',
    { from, to, ...workQuery() },
    { limit: MOST_LISTED, page: PAGE },
    signal,
  );
  const part = (query.value.get('q') ?? '').toLowerCase();
  return { items: items.filter(({ pump }) => pump.toLowerCase().includes(part)), more: next !== null };
}

/** How a pump-day's summary stands; that of today is neither missing nor late. */
export function stateOf({ date, state }: DayStatsItem): DayStatsItem['state'] | 'today' {
  return state !== 'current' && date === wallText(siteNow.value).slice(0, 10) ? 'today' : state;
}

/** The figure of a pump-day; null when it is not summarised. */
export function figureOf(day: DayStatsItem, { measure, figure }: Pick<Choice, 'measure' | 'figure'>): number | null {
  return day[measure]?.[figure] ?? null;
}

/** Whether the figure breaks a limit that a rule sets for the pump. */
export function isAbnormal(day: DayStatsItem, choice: Pick<Choice, 'measure' | 'figure'>): boolean {
  return isBeyond(figureOf(day, choice), limitsOf(day.pump)[choice.measure]);
}

/** What a row is called. */
export function rowName({ name }: Pick<DayMatrixRow, 'name'>, { by }: Choice): string {
  return name !== '' ? name : by === 'vendor' ? 'unknown vendor' : 'no work before';
}

/** Where a row leads: to its pump, or to the pumps of its group; null for what has no name. */
export function rowLink({ name }: Pick<DayMatrixRow, 'name'>, { by }: Choice): string | null {
  if (by === 'pump') return href(['pumps', name]);
  return name === '' ? null : href(['daily'], { ...Object.fromEntries(query.value), by: null, [by]: name });
}

/** Where a day of a row leads: to the curves of its pump, or to the pumps of its group on that day. */
export function rowDayLink(row: Pick<DayMatrixRow, 'name'>, date: string, choice: Choice): string {
  if (choice.by === 'pump') return dayLink(row.name, date);
  const group = row.name === '' ? {} : { [choice.by]: row.name };
  return href(['daily'], { ...Object.fromEntries(query.value), ...group, by: null, month: null, from: date, to: date });
}

/** Where the curves of a pump-day are. */
export function dayLink(pump: string, date: string): string {
  return curvesLink(pump, { from: wallMs(date), to: wallMs(dayAfter(date)) });
}
