import type { Answers } from './answers.ts';
import { guessMeasure } from './guessMeasure.ts';

/** How tags are read: `pattern` is undefined where a tag is a measure's name alone. */
export interface TagGuess {
  readonly pattern: string | undefined;
  /** What a tag says of the measure. */
  readonly measureOf: (tag: string) => string | undefined;
}

const SEPARATORS = ['.', '/', '\\', ':', '|', '_', '-', ' '];
/** The namespace of a node of OPC UA, before its name. */
const NODE_ID = /^ns=\d+;s=/;
/** Of tags whose measures nobody knows by name, so many of those that pumps and measures could make must be there. */
const FULL = 0.9;

/**
 * How tags are read: by the separator behind which most of them name a measure that is known or was answered. Where none does, by one
 * that makes a table of pumps and measures of them, so that it can be asked which is which.
 */
export function guessTags(tags: readonly string[], hasPump: boolean, { measures }: Pick<Answers, 'measures'>): TagGuess | undefined {
  const start = tags.every((tag) => NODE_ID.test(tag)) ? NODE_ID.source.slice(1) : '';
  const guesses = hasPump
    ? [{ pattern: undefined, measureOf: (tag: string) => tag }]
    : SEPARATORS.flatMap((separator) => guessesWith(separator, { start, end: commonEnd(tags, separator) }));
  const answered = new Set(Object.values(measures));
  const isKnown = (name: string | undefined) => name !== undefined && (guessMeasure(name) !== undefined || answered.has(name));
  const scored = guesses.map((guess) => ({ guess, score: tags.filter((tag) => isKnown(guess.measureOf(tag))).length }));
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best.score > 0 ? best.guess : guesses.find((guess) => isFull(tags, guess));
}

/** Whether tags are several pumps with the same measures, several too. */
function isFull(tags: readonly string[], { pattern, measureOf }: TagGuess): boolean {
  if (pattern === undefined) return false;
  const regular = new RegExp(`^(?:${pattern})$`);
  const pumps = new Set(tags.map((tag) => regular.exec(tag)?.groups?.pump));
  const measures = new Set(tags.map(measureOf));
  return !pumps.has(undefined) && pumps.size > 1 && measures.size > 1 && tags.length >= FULL * pumps.size * measures.size;
}

/** What all tags end with from their last separator on, as .PV or .Value: it tells nothing. */
function commonEnd(tags: readonly string[], separator: string): string {
  const end = tags[0]?.slice(tags[0].lastIndexOf(separator));
  return tags.length > 1 && tags[0].includes(separator) && tags.every((tag) => tag.endsWith(end)) ? end : '';
}

/** With a separator the pump is the last part but one; names with underscores or dashes have their pump first. */
function guessesWith(separator: string, { start, end }: { readonly start: string; readonly end: string }): TagGuess[] {
  const escaped = literally(separator);
  const other = `[^${separator === '\\' || separator === '-' ? `\\${separator}` : separator}]`;
  const last = `${start}(?:.*${escaped})?(?<pump>${other}+)${escaped}(?<measure>${other}+)${literally(end)}`;
  const first = `${start}(?<pump>${other}+)${escaped}(?<measure>.+)`;
  return (separator === '_' || separator === '-' ? [first] : [last]).map((pattern) => {
    const regular = new RegExp(`^(?:${pattern})$`);
    return { pattern, measureOf: (tag) => regular.exec(tag)?.groups?.measure };
  });
}

function literally(text: string): string {
  return text.replace(/[.\\|()[\]{}^$*+?]/g, '\\$&');
}
