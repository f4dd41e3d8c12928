import type { Answers, Proposal } from './answers.ts';
import { type ColumnFacts, factsOf, isNumeric, named } from './columnFacts.ts';
import { guessDecimal } from './guessDecimal.ts';
import { guessMeasure } from './guessMeasure.ts';
import { guessTags } from './tagPattern.ts';
import { guessTime, unitText } from './guessTime.ts';
import { valueOfEachRow } from './longTable.ts';
import { PUMP_NAMES } from './pumpNames.ts';
import { ownQualities, qualityOf } from './qualities.ts';
import type { TableShape } from './tableShape.ts';
import { noSuchPlace, placeFor } from './places.ts';
import { timeParts } from './timeParts.ts';
import { measuresOf, missingWords, type Named } from './words.ts';

export interface CsvSource {
  readonly shape: TableShape;
  readonly encoding: string;
  /** The file's name, `-` for standard input. */
  readonly name: string;
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'spaces' };
const PUMP_NUMBERS = /^(well|pump|pumpe|station|asset|device)[ _-]?(id|no|nr|number|name)?\.?$/;

/** The entry of `formats` for a delimited text. */
export function proposeCsv({ shape, encoding, name }: CsvSource, answers: Answers): Proposal {
  const columns = factsOf(shape);
  const questions: string[] = [];
  const found = [
    `delimiter ${DELIMITER_NAMES[shape.delimiter] ?? shape.delimiter}, ${encoding}`,
    shape.headerLine === undefined ? 'no header: columns are told by their numbers' : `the header is line ${shape.headerLine}`,
    ...(shape.units.length > 0
      ? [`${shape.units.length} line${shape.units.length > 1 ? 's' : ''} of units or descriptions behind it`]
      : []),
  ];
  const time = timeOf(columns, answers, { questions, found });
  const rest = columns.filter(({ index }) => !time.indexes.includes(index));
  const pump = pumpColumn(rest, { answers, isNameless: shape.names === undefined, questions, found });
  const others = rest.filter((column) => column !== pump);
  const asked = { hasPump: pump !== undefined, answers, questions, found };
  const values = valueOfEachRow(others, asked) ?? valuesOfEachRow(others, asked);
  const told = { questions, found };
  const pumpAnswers = { ...answers, pump: answers.pump ?? values.pump };
  const pumpEntry = pump ? { column: pump.place } : values.tagHasPump ? undefined : sourcePump(name, pumpAnswers, told);
  const { decimal, thousands } = guessDecimal(values.columns, answers, { questions, found });
  const missing = missingWords(values.columns, found);
  const entry = {
    kind: 'csv',
    ...(shape.delimiter === ',' ? {} : { delimiter: DELIMITER_NAMES[shape.delimiter] ?? shape.delimiter }),
    ...(decimal === ',' ? { decimal } : {}),
    ...(thousands === undefined ? {} : { thousands }),
    ...(encoding === 'utf-8' ? {} : { encoding }),
    ...(shape.skip.length > 0 ? { skip: shape.skip } : {}),
    ...(shape.units.length > 0 ? { unitsRow: shape.units.length === 1 ? true : shape.units.length } : {}),
    ...(pumpEntry ? { pump: pumpEntry } : {}),
    ...values.tag,
    time: time.entry,
    ...values.quality,
    ...(missing.length > 0 ? { missing: ['', ...missing] } : {}),
    measures: values.measures,
  };
  return { entry, questions, found };
}

/** The column that was answered or is named so. Without names it is the first that has words, and has them again and again. */
function pumpColumn(
  columns: readonly ColumnFacts[],
  { answers, isNameless, questions, found }: Told & { readonly answers: Answers; readonly isNameless: boolean },
): ColumnFacts | undefined {
  if (answers.pumpColumn !== undefined) {
    const place = placeFor(answers.pumpColumn, columns.map((column) => column.place));
    if (place === undefined) questions.push(noSuchPlace('--pump-column', answers.pumpColumn, columns.map((column) => column.place)));
    return columns.find((column) => column.place === place);
  }
  if (answers.pump !== undefined) return undefined;
  const isWords = (column: ColumnFacts) => column.distinct.size > 0 && column.numbers + column.commas === 0;
  if (!isNameless) {
    for (const names of PUMP_NAMES) {
      const column = named(columns, names, isWords);
      if (column) return column;
    }
    return named(columns, PUMP_NUMBERS, () => true);
  }
  const first = columns.find(isWords);
  if (first) found.push(`the pump seems to stand in column ${first.place}; say --pump-column NUMBER if it is another`);
  return first;
}

interface Told {
  readonly questions: string[];
  readonly found: string[];
}

function timeOf(columns: readonly ColumnFacts[], { dateOrder }: Answers, { questions, found }: Told) {
  const isDated = columns.some(({ times }) => times !== undefined && times !== 'serial');
  const parts = isDated ? undefined : timeParts(columns.map(({ place }) => String(place)));
  if (parts) {
    const names = parts.indexes.map((index) => columns[index].place);
    found.push(`times are in the columns ${names.join(', ')}`);
    return { entry: { columns: names, format: parts.format }, indexes: parts.indexes };
  }
  const date = columns.find(({ times }) => times === 'date');
  const clock = columns.find(({ times }) => times === 'clock');
  const whole = columns.filter(({ times }) => times === 'both' || times === 'epoch' || times === 'serial').sort((a, b) => rank(b) - rank(a))[0];
  const used = whole ? [whole] : [date, clock].filter((column) => column !== undefined);
  const texts = (used[0]?.texts ?? []).map((_, row) =>
    used
      .map((column) => column.texts[row])
      .join(' ')
      .trim(),
  );
  const guess = used.length === 0 || (!whole && used.length < 2) ? undefined : guessTime(texts, dateOrder);
  const places = used.map(({ place }) => place);
  const where = places.length > 1 ? { columns: places } : { column: places[0] ?? 1 };
  const indexes = used.map(({ index }) => index);
  if (!guess) {
    questions.push('No column has times that can be read. Set time in the entry: column and format, or unit');
    return { entry: where, indexes };
  }
  if (guess.kind === 'unit') {
    found.push(`times are ${unitText(guess.unit)} in ${places.join(' and ')}`);
    return { entry: { ...where, unit: guess.unit }, indexes };
  }
  if (guess.kind === 'ask') {
    questions.push(
      `Is ${guess.example} written ${guess.day} or ${guess.month}? Nothing in the file proves it: say --date-order day or ` +
        '--date-order month',
    );
    return { entry: where, indexes };
  }
  const order = { day: ', day first', month: ', month first', year: '', name: '' }[guess.order];
  const proof = order === '' || dateOrder !== undefined ? '' : ', as some of them prove';
  found.push(`times are ${guess.format} in ${places.join(' and ')}${order}${proof}`);
  return { entry: guess.format === 'iso' ? { ...where, format: 'iso' } : { ...where, format: guess.format }, indexes };
}

/** Of several columns with times the one that is named so, and differs most. */
function rank({ place, distinct, texts }: ColumnFacts): number {
  return (/^_?(time|timestamp|t_stamp|ts|zeit|datetime)$/i.test(String(place)) ? 2 : 0) + distinct.size / texts.length;
}

/** A column for each measure, or for each tag. */
function valuesOfEachRow(columns: readonly ColumnFacts[], told: Told & { readonly hasPump: boolean; readonly answers: Answers }) {
  const { answers, questions, found, hasPump } = told;
  const own = ownQualities(columns);
  const qualities = new Set(own.values());
  const numeric = columns.filter((column) => !qualities.has(column) && (column.distinct.size === 0 || isNumeric(column)));
  const heads = numeric.map(({ place }) => String(place));
  const tags = hasPump || typeof numeric[0]?.place === 'number' ? undefined : guessTags(heads, false, answers);
  const pumps = new Set(heads.map((head) => pumpOf(tags?.pattern, head)).filter((pump) => pump !== undefined));
  // Heads that name no pump, such as Suction pressure, are split by chance only.
  if (
    tags &&
    pumps.size > 0 &&
    heads.every((head) => guessMeasure(head) === undefined || tags.measureOf(head) !== undefined) &&
    answers.pump === undefined &&
    (own.size === 0 || pumps.size > 1)
  ) {
    if (own.size > 0)
      questions.push(
        `The heads name ${pumps.size} pumps, and columns such as ${[...qualities][0].place} have the qualities of others: values that are ` +
          'bad would be taken. Export one value a row with its quality, or a file for each pump and say --pump ID',
      );
    const names = new Set(heads.map((head) => tags.measureOf(head)).filter((text) => text !== undefined));
    found.push(`a column for each tag, of ${pumps.size === 1 ? 'one pump' : `${pumps.size} pumps`}`);
    const measures = measuresOf(
      [...names].map((text) => ({ place: text, unit: '' })),
      answers,
      { questions, found },
    );
    return { tag: { tag: { header: true, pattern: tags.pattern } }, quality: {}, measures, columns: numeric, tagHasPump: true, pump: undefined };
  }
  const isOnePump = tags !== undefined && pumps.size === 1 && own.size > 0;
  const candidates = numeric.map(({ place, unit }): Named => ({
    place, unit,
    ...(isOnePump && { name: tags.measureOf(String(place)) }),
    ...(own.has(place) && { quality: own.get(place)!.place }),
  }));
  const quality = qualityOf(columns, told, qualities);
  const measures = measuresOf(candidates, answers, { questions, found });
  return { tag: {}, quality, measures, columns: numeric, tagHasPump: false, pump: isOnePump ? [...pumps][0] : undefined };
}

function pumpOf(pattern: string | undefined, head: string): string | undefined {
  const pump = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`).exec(head)?.groups?.pump;
  return pump !== undefined && /\d|[A-Z]{3}/.test(pump) && guessMeasure(pump) === undefined ? pump : undefined;
}

function sourcePump(name: string, { pump }: Answers, { questions, found }: Told): Record<string, unknown> | undefined {
  if (pump !== undefined) return { value: pump };
  const inName = /^([A-Za-z]+[-]?\d+|[A-Z]{3,})[_.]/.exec(name)?.[1];
  if (inName === undefined) {
    questions.push('No column names the pump. Say --pump ID if all of it is of one, or --pump-column NAME');
    return undefined;
  }
  found.push(`no column names the pump: it is taken from the file's name, ${inName}; say --pump ID if it is another`);
  return { file: '(?<pump>[^_.]+)[_.]' };
}
