import { guessMeasure } from './guessMeasure.ts';

type Place = string | number;
const MOST_NAMED = 12;

/**
 * The column or path that an answer means: by its name, in any case, without its unit (`Druck` is `Druck [bar]`), or by the end of
 * a path; by number where there are no names. Undefined when there is none, or when it may be several.
 */
export function placeFor(answer: string, places: readonly Place[]): Place | undefined {
  const asked = answer.trim().toLowerCase();
  const text = (place: Place) => String(place).toLowerCase();
  const ways: readonly ((place: Place) => boolean)[] = [
    (place) => String(place) === answer.trim(),
    (place) => text(place) === asked,
    (place) => withoutUnit(text(place)) === asked,
    (place) => text(place).endsWith(`.${asked}`),
  ];
  for (const way of ways) {
    const found = places.filter(way);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

/** Asks again for an answer that names nothing. */
export function noSuchPlace(option: string, answer: string, places: readonly Place[]): string {
  const named = places.slice(0, MOST_NAMED).join(', ');
  return `${option} ${answer} names none, or several, of ${named}${places.length > MOST_NAMED ? ' and more' : ''}`;
}

/** `druck` of `druck [bar]`, `druck (bar)`, `druck, bar` and `druck_bar`. */
function withoutUnit(name: string): string {
  const bare = name.replace(/\s*(?:\[[^\]]*\]|\([^)]*\)|,[^,]*)$/, '').trim();
  return bare !== name || guessMeasure(name)?.scale === 1 ? bare : name.replace(/[_ ][a-z]+$/, '');
}
