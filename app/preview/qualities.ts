import type { Answers } from './answers.ts';
import { type ColumnFacts, named } from './columnFacts.ts';
import { goodWords } from './words.ts';

/** Names of columns with qualities, in small letters. */
export const QUALITY_NAMES = /qual|status|valid|^q$|güte/;
const OWN_QUALITY = /^(.+?)[\s._:|-]*(?:quality|qual|status|valid|güte|q)$/;
const MOST_WORDS = 20;

/** By the name of a column its own quality: PSI has PSI_Status, or PSI.quality. */
export function ownQualities(columns: readonly ColumnFacts[]): ReadonlyMap<string | number, ColumnFacts> {
  const own = new Map<string | number, ColumnFacts>();
  for (const quality of columns) {
    const stem = OWN_QUALITY.exec(String(quality.place).toLowerCase())?.[1];
    const value = columns.find((column) => column !== quality && String(column.place).toLowerCase() === stem);
    if (value && quality.distinct.size <= MOST_WORDS) own.set(value.place, quality);
  }
  return own;
}

/** The key `quality` of an entry: the column of all values, or the good words of the columns that some values have of their own. */
export function qualityOf(
  columns: readonly ColumnFacts[],
  { answers, questions, found }: { readonly answers: Answers; readonly questions: string[]; readonly found: string[] },
  own: ReadonlySet<ColumnFacts> = new Set(),
): Readonly<Record<string, unknown>> {
  const column = named(columns, QUALITY_NAMES, ({ distinct }) => distinct.size > 0 && distinct.size <= MOST_WORDS);
  if (own.size === 0 && !column) return {};
  const words = new Set(own.size > 0 ? [...own].flatMap(({ distinct }) => [...distinct]) : column!.distinct);
  const where = own.size > 0 ? [...own].map(({ place }) => place).join(', ') : String(column!.place);
  const good = answers.good ?? goodWords(words);
  if (good.length === 0) {
    questions.push(`Which words of ${where} are good: ${[...words].slice(0, 8).join(', ')}? Say --good WORD, several with commas`);
    return {};
  }
  found.push(`the quality stands in ${where}: ${good.join(', ')} ${good.length > 1 ? 'are' : 'is'} good of ${[...words].join(', ')}`);
  const written = good.map((word) => (/^\d+$/.test(word) ? Number(word) : word));
  return { quality: { ...(own.size === 0 && { column: column!.place }), good: written } };
}
