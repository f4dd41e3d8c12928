import { guessMeasure } from './guessMeasure.ts';

/** How tags are read: `pattern` is undefined where a tag is a measure's name alone. */
export interface TagGuess {
  readonly pattern: string | undefined;
  /** What a tag says of the measure. */
  readonly measureOf: (tag: string) => string | undefined;
}

const SEPARATORS = ['.', '/', '\\', ':', '|', '_', '-', ' '];

/** How tags are read, by the separator behind which most of them name a measure that is known. */
export function guessTags(tags: readonly string[], hasPump: boolean): TagGuess | undefined {
  const guesses = hasPump ? [{ pattern: undefined, measureOf: (tag: string) => tag }] : SEPARATORS.flatMap((each) => guessesWith(each));
  const scored = guesses.map((guess) => ({ guess, score: tags.filter((tag) => known(guess, tag)).length }));
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best.score > 0 ? best.guess : undefined;
}

function known(guess: TagGuess, tag: string): boolean {
  const measure = guess.measureOf(tag);
  return measure !== undefined && guessMeasure(measure) !== undefined;
}

/** With a separator the pump is the last part but one; names with underscores or dashes have their pump first. */
function guessesWith(separator: string): TagGuess[] {
  const escaped = /[\w/: -]/.test(separator) ? separator : `\\${separator}`;
  const other = `[^${separator === '\\' || separator === '-' ? `\\${separator}` : separator}]`;
  const last = `(?:.*${escaped})?(?<pump>${other}+)${escaped}(?<measure>${other}+)`;
  const first = `(?<pump>${other}+)${escaped}(?<measure>.+)`;
  return (separator === '_' || separator === '-' ? [first] : [last]).map((pattern) => {
    const regular = new RegExp(`^(?:${pattern})$`);
    return { pattern, measureOf: (tag) => regular.exec(tag)?.groups?.measure };
  });
}
