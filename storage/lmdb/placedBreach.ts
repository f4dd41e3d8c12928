import type { Breach } from '../../domain/alarm/breach.ts';
import { measureIndex } from '../../domain/reading/measures.ts';
import type { Places, StepFates } from '../../domain/reading/rowFate.ts';
import { firstNotBefore } from '../../domain/search.ts';

/** A breach and the place of its row among the rows at hand. */
export interface PlacedBreach {
  readonly breach: Breach;
  readonly place: number;
}

/** Whether the cell that breaks the rule is the one that its key holds after the step. */
export function holdsCell(fates: StepFates, { place, breach: { rule } }: PlacedBreach): boolean {
  return fates.holds(place, measureIndex[rule.measure]);
}

const NOWHERE = -1;

/**
 * The breaches of those rows that have a place, in order of their places. `order` has the row at each place, of `length`
 * rows that there are in all.
 */
export function placeBreaches(breaches: readonly Breach[], order: Uint32Array, length: number): PlacedBreach[] {
  if (breaches.length === 0) return [];
  const places = new Int32Array(length).fill(NOWHERE);
  for (let place = 0; place < order.length; place++) places[order[place]] = place;
  return breaches
    .map((breach) => ({ breach, place: places[breach.row] }))
    .filter(({ place }) => place !== NOWHERE)
    .sort((a, b) => a.place - b.place);
}

/** Those of some items whose places, which rise, are within others. */
export function within<Item>(items: readonly Item[], placeOf: (item: Item) => number, { from, to }: Places): readonly Item[] {
  if (items.length === 0) return items;
  const first = (place: number) => firstNotBefore(0, items.length, (index) => placeOf(items[index]) < place);
  return items.slice(first(from), first(to));
}
