import { continued, type Occurrence, type OccurrencePart } from './occurrence.ts';

/** A pump-day with alerts. */
export interface DayOfOccurrences {
  readonly day: number;
  /** In order of beginning. */
  readonly parts: readonly OccurrencePart[];
}

/**
 * A pump's occurrences in order of beginning, of those of its days. `before` gives the day with readings before a day.
 * `last` is the last day with readings. A day with readings and without alerts ends all, one without readings ends none.
 */
export function stitch(days: readonly DayOfOccurrences[], before: (day: number) => number | undefined, last: number): Occurrence[] {
  const all: Occurrence[] = [];
  /** Where those are in `all` that go on at the end of a day, by rule. */
  let open = new Map<string, number>();
  let previous: number | undefined;
  for (const { day, parts } of days) {
    const going = previous !== undefined && before(day) === previous ? open : new Map<string, number>();
    open = new Map();
    for (const { fromStart, ...part } of parts) {
      const begun = fromStart ? going.get(part.rule) : undefined;
      const at = begun ?? all.length;
      all[at] = begun === undefined ? part : continued(all[begun], part);
      if (part.active) open.set(part.rule, at);
    }
    previous = day;
  }
  const active = new Set(previous === last ? open.values() : []);
  return all.map((one, at) => (one.active === active.has(at) ? one : { ...one, active: active.has(at) }));
}
