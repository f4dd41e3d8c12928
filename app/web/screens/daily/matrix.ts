import type { DayMatrixAnswer, DayMatrixRow } from '../../../http/schemas/dayMatrix.ts';
import { get } from '../../api.ts';
import { siteNow } from '../../clock.ts';
import { isBeyond } from '../../charts/limits.ts';
import { query } from '../../route.ts';
import { limitsOf } from '../../rules.ts';
import { wallText } from '../../times.ts';
import { workQuery } from '../../workNames.ts';
import type { Order } from './orders.ts';
import type { Period } from './period.ts';
import type { Choice } from './pumpDay.ts';

/** Pumps, or groups of them, over the days of a period, as the address filters them. */
export function loadMatrix({ from, to }: Period, { measure, figure, by }: Choice, signal: AbortSignal): Promise<DayMatrixAnswer> {
  return get<DayMatrixAnswer>('/stats/by-day', { from, to, measure, figure, by, q: query.value.get('q'), ...workQuery() }, signal);
}

/** The rows in an order; those without a value come last. */
export function orderedRows(rows: readonly DayMatrixRow[], order: Order): readonly DayMatrixRow[] {
  const byName = (a: DayMatrixRow, b: DayMatrixRow) => a.name.localeCompare(b.name, 'en', { numeric: true });
  const by: Readonly<Record<Order, (row: DayMatrixRow) => number | null>> = {
    name: () => 0,
    change: (row) => changeOf(row),
    value: ({ total }) => total.value,
    alarms: ({ total }) => -total.alarms,
  };
  return [...rows].sort((a, b) => {
    const [one, other] = [by[order](a), by[order](b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null) || byName(a, b);
    return one - other || byName(a, b);
  });
}

/** The last value of a row less its first; null with fewer than two. */
export function changeOf({ values }: Pick<DayMatrixRow, 'values'>): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < 2 ? null : known[known.length - 1] - known[0];
}

/** How the summary of a day stands; that of today is neither missing nor late. */
export type DayState = 'none' | 'current' | 'late' | 'missing' | 'today';
const STATES: Readonly<Record<string, DayState>> = { '.': 'none', c: 'current', l: 'late', m: 'missing' };

export function stateAt({ states }: DayMatrixRow, slot: number, date: string): DayState {
  const state = STATES[states[slot]];
  return state !== 'none' && state !== 'current' && date === wallText(siteNow.value).slice(0, 10) ? 'today' : state;
}

/** Whether a value breaks a limit that a rule sets for the pump of a row; of a group nobody can tell by its value. */
export function isAbnormalAt({ name, values }: DayMatrixRow, slot: number, { measure, by }: Choice): boolean {
  return by === 'pump' && isBeyond(values[slot], limitsOf(name)[measure]);
}
