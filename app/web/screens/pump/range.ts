import type { View } from '../../charts/view.ts';
import { href, type Query } from '../../route.ts';
import { wallMs, wallText } from '../../times.ts';

const HOUR = 3_600_000;

/** Ranges that are counted back from the pump's last reading, with their names in the address; `all` has no length. */
export const PRESETS = {
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': 24 * HOUR,
  '3d': 72 * HOUR,
  '7d': 168 * HOUR,
  '30d': 720 * HOUR,
  all: null,
} as const;
export type Preset = keyof typeof PRESETS;
const USUAL: Preset = '24h';
/** However few readings there are, they are not drawn wider than this. */
const NARROWEST = HOUR / 6;

/** What the address says of the view: `range=6h`, or `from=…&to=…` on the site's wall clock. */
export type Range = { readonly kind: 'preset'; readonly preset: Preset } | { readonly kind: 'fixed'; readonly view: View };

/** The range of a query; what can't be understood is the usual one. */
export function rangeOf(query: URLSearchParams): Range {
  const [from, to] = [wallMs(query.get('from') ?? ''), wallMs(query.get('to') ?? '')];
  if (from < to) return { kind: 'fixed', view: { from, to } };
  const named = query.get('range') ?? USUAL;
  return { kind: 'preset', preset: Object.hasOwn(PRESETS, named) ? (named as Preset) : USUAL };
}

/** Whether the address names a range and that can't be understood. */
export function isBroken(query: URLSearchParams): boolean {
  if (query.has('from') || query.has('to')) return rangeOf(query).kind !== 'fixed';
  const named = query.get('range');
  return named !== null && !Object.hasOwn(PRESETS, named);
}

/** The part of the query that says this range, for `setQuery`: it takes the other forms away. */
export function rangeQuery(range: Range): Query {
  if (range.kind === 'preset') return { range: range.preset === USUAL ? null : range.preset, from: null, to: null };
  return { range: null, from: wallText(range.view.from), to: wallText(range.view.to) };
}

/** The view of a range, for a pump whose first and last reading are at these wall times: a preset begins no earlier than the data. */
export function viewOf(range: Range, first: number, last: number): View {
  if (range.kind === 'fixed') return range.view;
  const length = Math.min(PRESETS[range.preset] ?? Infinity, Math.max(NARROWEST, last - first));
  return { from: last - length, to: last };
}

/** The view that goes on with the data: when its end was the last reading, or beyond, the new last reading becomes its end. */
export function slid(view: View, lastBefore: number, last: number): View {
  const by = view.to >= lastBefore && view.to < last ? last - view.to : 0;
  return { from: view.from + by, to: view.to + by };
}

/** A link to a pump's curves over a fixed range. */
export function curvesLink(pump: string, view: View): string {
  return href(['pumps', pump], rangeQuery({ kind: 'fixed', view }));
}
