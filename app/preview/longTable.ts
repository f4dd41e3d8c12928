import type { Answers } from './answers.ts';
import { type ColumnFacts, isNumeric, named } from './columnFacts.ts';
import { QUALITY_NAMES, qualityOf } from './qualities.ts';
import { guessTags, type TagGuess } from './tagPattern.ts';
import { measuresOf, type Named } from './words.ts';

interface Asked {
  /** Whether another column names the pump. */
  readonly hasPump: boolean;
  readonly answers: Answers;
  readonly questions: string[];
  readonly found: string[];
}

const TAG_NAMES = /tag|point|item|_field|sensor|name|variable|parameter|series|id$|messgr|messstelle|messpunkt|kanal|channel|measurement/;
const VALUE_NAMES = /^_?v(al(ue)?)?$|value|wert|reading|valor/;
const UNIT_NAMES = /^(unit|units|uom|eu|einheit)$/;

/** One value a row, with its tag beside it; undefined where no column has tags. */
export function valueOfEachRow(columns: readonly ColumnFacts[], asked: Asked) {
  const { answers, questions, found, hasPump } = asked;
  const tag = named(columns, TAG_NAMES, (column) => !isNumeric(column) && guessTags([...column.distinct], hasPump, answers) !== undefined);
  const value =
    named(columns, VALUE_NAMES, (column) => column !== tag && column.numbers + column.commas > 0) ??
    columns.find((column) => column !== tag && isNumeric(column) && !QUALITY_NAMES.test(String(column.place).toLowerCase()));
  if (!tag || !value) return undefined;
  const guess = guessTags([...tag.distinct], hasPump, answers)!;
  const unit = named(columns, UNIT_NAMES, (column) => column !== tag && !isNumeric(column));
  const others = columns.filter((column) => column !== tag && column !== value && column !== unit);
  const quality = qualityOf(others, asked);
  const measures = measuresOf(namesOf(tag, guess, unit, questions), answers, { questions, found });
  found.push(`one value a row: the tag in ${tag.place}, the value in ${value.place}${unit ? `, its unit in ${unit.place}` : ''}`);
  const pattern = guess.pattern === undefined ? {} : { pattern: guess.pattern };
  return {
    tag: { tag: { column: tag.place, ...pattern }, value: { column: value.place } },
    quality, measures,
    columns: [value],
    tagHasPump: guess.pattern !== undefined,
    pump: undefined,
  };
}

/** What tags say of measures, each with the unit of its values. */
function namesOf(tag: ColumnFacts, { measureOf }: TagGuess, unit: ColumnFacts | undefined, questions: string[]): Named[] {
  const units = new Map<string, Set<string>>();
  for (const [row, text] of tag.texts.entries()) {
    const name = measureOf(text);
    if (name === undefined) continue;
    const known = units.get(name) ?? new Set();
    units.set(name, known.add(unit?.texts[row] ?? ''));
  }
  for (const [name, several] of units)
    if (several.size > 1)
      questions.push(`The values of ${name} have several units (${[...several].join(', ')}): give each unit a tag or a file of its own`);
  return [...units].map(([place, [first]]) => ({ place, unit: first }));
}
