import { MEASURES, type Measure } from '../../../../domain/reading/measures.ts';
import type { DayStatsItem } from '../../../http/schemas/stats.ts';
import { getRows } from '../../api.ts';
import { isBeyond } from '../../charts/limits.ts';
import { siteNow } from '../../clock.ts';
import { limitsOf } from '../../rules.ts';
import { wallMs, wallText } from '../../times.ts';
import { curvesLink } from '../pump/range.ts';
import { dayAfter, type Period } from './period.ts';

/** Which figure of a pump-day is shown. */
export const FIGURES = { min: 'lowest', avg: 'mean', max: 'highest' } as const;
export type Figure = keyof typeof FIGURES;

/** What is looked at: a measure, and which figure of its day. */
export interface Choice {
  readonly measure: Measure;
  readonly figure: Figure;
}

const PAGE = 5000;
const MOST = 20_000;

/** The choice that the address makes; by default the lowest pressure of the day, which shows what fell below its limit. */
export function choiceOf(query: URLSearchParams): Choice {
  const [measure, figure] = [query.get('measure'), query.get('show')];
  return { measure: MEASURES.find((name) => name === measure) ?? 'psi', figure: figure === 'avg' || figure === 'max' ? figure : 'min' };
}

export interface PumpDays {
  readonly items: readonly DayStatsItem[];
  /** Whether there are more than could be shown. */
  readonly more: boolean;
}

/** The pump-days of a period by pump and day, page after page; at most 20,000. */
export async function loadPumpDays({ from, to }: Period, signal: AbortSignal): Promise<PumpDays> {
  const { items, next } = await getRows<{ items: DayStatsItem[]; next: string | null }>(
    '/stats',
    { from, to },
    { limit: MOST, page: PAGE },
    signal,
  );
  return { items, more: next !== null };
}

/** How a pump-day's summary stands; that of today is neither missing nor late. */
export function stateOf({ date, state }: DayStatsItem): DayStatsItem['state'] | 'today' {
  return state !== 'current' && date === wallText(siteNow.value).slice(0, 10) ? 'today' : state;
}

/** The figure of a pump-day; null when it is not summarised. */
export function figureOf(day: DayStatsItem, { measure, figure }: Choice): number | null {
  return day[measure]?.[figure] ?? null;
}

/** Whether the figure breaks a limit that a rule sets for the pump. */
export function isAbnormal(day: DayStatsItem, choice: Choice): boolean {
  return isBeyond(figureOf(day, choice), limitsOf(day.pump)[choice.measure]);
}

/** Where the curves of a pump-day are. */
export function dayLink(pump: string, date: string): string {
  return curvesLink(pump, { from: wallMs(date), to: wallMs(dayAfter(date)) });
}
