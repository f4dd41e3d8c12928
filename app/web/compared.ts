import type { Measure } from '../../domain/reading/measures.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import type { View } from './charts/view.ts';
import { href, type Query } from './route.ts';
import { wallMs, wallText } from './times.ts';

/** How many pumps one picture takes. */
export const MOST_COMPARED = 6;

/** A pump of a comparison, and the moment of it that falls on that of the first. */
export interface Compared {
  readonly pump: string;
  /** A wall time or a date as text; undefined for a pump that is not shifted. */
  readonly at?: string | undefined;
}

/** What the address compares: pumps and moments are separated by slashes, which no id holds. */
export function comparedOf(query: URLSearchParams): Compared[] {
  const moments = (query.get('at') ?? '').split('/');
  const pumps = (query.get('pumps') ?? '').split('/').map((pump, i) => ({ pump, at: Number.isNaN(wallMs(moments[i] ?? '')) ? undefined : moments[i] }));
  return [...new Map(pumps.filter(({ pump }) => pump !== '').map((one) => [one.pump, one])).values()].slice(0, MOST_COMPARED);
}

/** The part of the query that says so. */
export function comparedQuery(compared: readonly Compared[]): Query {
  const moments = compared.map(({ at }) => at ?? '');
  return { pumps: compared.map(({ pump }) => pump).join('/'), at: moments.some((at) => at !== '') ? moments.join('/') : undefined };
}

/** A link to a comparison, over a range on the clock of its first pump. */
export function comparedLink(compared: readonly Compared[], { view, measure }: { readonly view?: View; readonly measure?: Measure | undefined } = {}): string {
  const range = view && { from: wallText(view.from), to: wallText(view.to) };
  return href(['compare'], { ...comparedQuery(compared), measure: measure === 'psi' ? undefined : measure, ...range });
}

/** How far in ms a pump's times are ahead of those of the first one, once both moments fall together. */
export function shiftOf({ at }: Compared, first: Compared): number {
  return at === undefined || first.at === undefined ? 0 : wallMs(at) - wallMs(first.at);
}

/** The measure that is compared. */
export function measureOf(query: URLSearchParams): Measure {
  return MEASURES.find((name) => name === query.get('measure')) ?? 'psi';
}
