import { MEASURES, type Measure } from '../../domain/reading/measures.ts';
import type { Answers } from './answers.ts';
import type { ColumnFacts } from './columnFacts.ts';
import { guessMeasure } from './guessMeasure.ts';
import { noSuchPlace, placeFor } from './places.ts';

/** A name in the source that may be a measure's. */
export interface Named {
  readonly place: string | number;
  readonly unit: string;
  /** The part of the name that tells the measure, if that is not all of it. */
  readonly name?: string | undefined;
  /** The column of its own quality. */
  readonly quality?: string | number;
}

const GOOD = /^(good\b.*|ok|valid|true|192|gut|raw|normal)$/i;
/** What begins with a digit may be a number that is written otherwise: that is a reject, and never "no value". */
const NO_VALUE = /^[+-]?[\p{L}#]|^[^\p{L}\d]+$/u;
const MOST_WORDS = 20;

/** The words of a quality that are good in every system that has them. */
export function goodWords(words: Iterable<string>): string[] {
  return [...words].filter((word) => GOOD.test(word));
}

/** Words that stand where a number should be. */
export function missingWords(columns: readonly ColumnFacts[], found: string[]): string[] {
  const words = new Set<string>();
  for (const { distinct } of columns) for (const text of distinct) if (words.size < MOST_WORDS && NO_VALUE.test(text)) words.add(text);
  if (words.size > 0) found.push(`words for "no value": ${[...words].join(', ')}`);
  return [...words];
}

/** The measures that names stand for: the first name for each, and what somebody answered. */
export function measuresOf(
  names: readonly Named[],
  { measures: answered }: Answers,
  { questions, found }: { readonly questions: string[]; readonly found: string[] },
): Readonly<Record<string, unknown>> {
  const taken = new Map<Measure, { readonly place: string | number; readonly scale: number }>();
  const unused: string[] = [];
  const places = names.map(({ place }) => place);
  for (const [measure, answer] of Object.entries(answered) as [Measure, string][]) {
    const place = placeFor(answer, places);
    if (place === undefined) questions.push(noSuchPlace('--measure', `${measure}=${answer}`, places));
    else taken.set(measure, scaledPlace(measure, place, names));
  }
  for (const { place, unit, name = place } of names) {
    if ([...taken.values()].some((one) => one.place === place)) continue;
    const guess = typeof name === 'string' ? guessMeasure(name, unit) : undefined;
    if (guess && !taken.has(guess.measure)) taken.set(guess.measure, { place, scale: guess.scale });
    else unused.push(guess ? `${place} (may be ${guess.measure} too)` : String(place));
  }
  if (unused.length > 0) found.push(`not used: ${unused.slice(0, 10).join(', ')}${unused.length > 10 ? ' and more' : ''}`);
  if (taken.size === 0 && Object.keys(answered).length === 0)
    questions.push(
      `Which ${typeof names[0]?.place === 'number' ? 'columns' : 'names'} are measures? Say --measure psi=NAME, of ${MEASURES.join(', ')}`,
    );
  return Object.fromEntries(
    MEASURES.flatMap((measure) => {
      const one = taken.get(measure);
      if (!one) return [];
      const quality = names.find(({ place }) => place === one.place)?.quality;
      const isPlain = one.scale === 1 && quality === undefined;
      const scale = one.scale === 1 ? {} : { scale: one.scale };
      return [[measure, isPlain ? one.place : { from: one.place, ...scale, ...(quality !== undefined && { quality }) }]];
    }),
  );
}

/** The unit in a name holds for an answer as well: "Druck [bar]" is no psi. */
function scaledPlace(measure: Measure, place: string | number, names: readonly Named[]) {
  const unit = names.find((one) => one.place === place)?.unit;
  const guess = typeof place === 'string' ? guessMeasure(place, unit) : undefined;
  return { place, scale: guess?.measure === measure ? guess.scale : 1 };
}
