import type { Snapshot, Store } from '../../lmdb/environment.ts';

/** Times from `from` to `to`, both included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** More spans find more rows new without asking, and cost more to go through. */
const MOST_SPANS = 16;
const CACHED_PUMPS = 65_536;

/**
 * For each pump the times that its readings in HBase lie in. Outside of them there is nothing to find.
 * Stored as JSON `[from, to, from, to, …]`.
 */
export class Spans {
  readonly #store: Store;
  readonly #cached: boolean;
  readonly #cache = new Map<string, readonly Span[]>();

  /** `cached` is for the one who writes them: nobody else changes what it remembers. */
  constructor(store: Store, cached: boolean) {
    this.#store = store;
    this.#cached = cached;
  }

  /** A pump's spans, apart and rising. */
  of(pump: string, snapshot?: Snapshot): readonly Span[] {
    const cached = this.#cache.get(pump);
    if (cached) return cached;
    const bytes = this.#store.get(keyOf(pump), snapshot);
    const spans = bytes ? spansOf(JSON.parse(Buffer.from(bytes).toString()) as number[]) : [];
    this.#remember(pump, spans);
    return spans;
  }

  /** Covers the places `from` to `to - 1` of `time`, which rise; only within a transaction. */
  cover(pump: string, time: Float64Array, { from, to }: { readonly from: number; readonly to: number }): void {
    const before = this.of(pump);
    const spans = covering(before, time, { from, to });
    if (spans === before) return;
    this.#store.put(keyOf(pump), Buffer.from(JSON.stringify(boundsOf(spans))));
    this.#remember(pump, spans);
  }

  /** Nothing is left after a time, which is null when nothing is left at all; only within a transaction. */
  end(pump: string, last: number | null): void {
    const before = this.of(pump);
    const spans = last === null ? [] : before.filter(({ from }) => from <= last).map(({ from, to }) => ({ from, to: Math.min(to, last) }));
    if (sameSpans(before, spans)) return;
    this.#store.put(keyOf(pump), Buffer.from(JSON.stringify(boundsOf(spans))));
    this.#remember(pump, spans);
  }

  /** Forgets what a transaction that was given up may have left in memory. */
  forget(): void {
    this.#cache.clear();
  }

  #remember(pump: string, spans: readonly Span[]): void {
    if (!this.#cached) return;
    if (this.#cache.size >= CACHED_PUMPS) this.#cache.clear();
    this.#cache.set(pump, spans);
  }
}

/** Whether one of the spans covers a time. */
export function covers(spans: readonly Span[], time: number): boolean {
  // From the last on: what comes in order is after all of them.
  for (let i = spans.length - 1; i >= 0; i--) if (time >= spans[i].from) return time <= spans[i].to;
  return false;
}

/** Spans that cover what spans did, and the places `from` to `to - 1` of `time`, which rise; the same object when they did already. */
export function covering(spans: readonly Span[], time: Float64Array, places: { readonly from: number; readonly to: number }): readonly Span[] {
  const wider = widestGapsApart(spans, time, places);
  return sameSpans(spans, wider) ? spans : wider;
}

/** The few spans that cover spans and times, with the widest gaps that there are between them. */
function widestGapsApart(spans: readonly Span[], time: Float64Array, places: { readonly from: number; readonly to: number }): Span[] {
  const widest: { readonly width: number; readonly before: number; readonly after: number }[] = [];
  let first = Infinity;
  let end = -Infinity;
  const add = (from: number, to: number) => {
    if (end === -Infinity) first = from;
    else if (from > end && (widest.length < MOST_SPANS - 1 || from - end > widest[0].width))
      keepWidest(widest, { width: from - end, before: end, after: from });
    if (to > end) end = to;
  };
  let place = places.from;
  for (const span of spans) {
    for (; place < places.to && time[place] < span.from; place++) add(time[place], time[place]);
    add(span.from, span.to);
  }
  for (; place < places.to; place++) add(time[place], time[place]);
  if (end === -Infinity) return [];
  const gaps = widest.sort((a, b) => a.before - b.before);
  return [...gaps, { before: end }].map(({ before }, index) => ({ from: index === 0 ? first : gaps[index - 1].after, to: before }));
}

function keepWidest<Gap extends { readonly width: number }>(widest: Gap[], gap: Gap): void {
  if (widest.length === MOST_SPANS - 1) widest.shift();
  let at = widest.length;
  while (at > 0 && widest[at - 1].width > gap.width) at--;
  widest.splice(at, 0, gap);
}

/** Spans as they are stored: `[from, to, from, to, …]`. */
export function boundsOf(spans: readonly Span[]): number[] {
  return spans.flatMap((span) => [span.from, span.to]);
}

/** What they were. */
export function spansOf(bounds: readonly number[]): Span[] {
  return Array.from({ length: bounds.length / 2 }, (_, i) => ({ from: bounds[2 * i], to: bounds[2 * i + 1] }));
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every((span, i) => span.from === b[i].from && span.to === b[i].to);
}

function keyOf(pump: string): Buffer {
  return Buffer.from(`spans:${pump}`);
}
