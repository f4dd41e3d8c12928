import type { Answers } from './answers.ts';
import { type Thousands, THOUSANDS } from '../../ingest/decode/mapping/format.ts';
import type { ColumnFacts } from './columnFacts.ts';

/** A sign with exactly three digits behind it, and one to three before it: it may separate thousands. */
const COMMA_UNSURE = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const POINT_UNSURE = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;
const COMMA_DECIMAL = /^[+-]?(?:\d*,\d+(?:[eE][+-]?\d{1,3})?|\d{1,3}(?:\.\d{3})+,\d*|\d{1,3}(?:\.\d{3}){2,})$/;
const POINT_DECIMAL = /^[+-]?(?:\d*\.\d+(?:[eE][+-]?\d{1,3})?|\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:,\d{3}){2,})$/;

/** How numbers are written. */
export interface NumberSigns {
  readonly decimal: '.' | ',';
  readonly thousands: Thousands | undefined;
}

/**
 * The decimal sign of the values, and that of thousands: what proves it decides. Where commas may as well separate thousands it is asked for, as 1,250
 * would become 1.25. Says what it found.
 */
export function guessDecimal(
  columns: readonly ColumnFacts[],
  { decimal }: Answers,
  { questions, found }: { readonly questions: string[]; readonly found: string[] },
): NumberSigns {
  const texts = columns.flatMap(({ distinct }) => [...distinct]);
  // Spaces and apostrophes separate thousands and nothing else.
  const bare = texts.map((text) => text.replace(/(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3})/g, ''));
  const proof = (sign: RegExp, unsure: RegExp) => bare.some((text) => sign.test(text) && !unsure.test(text));
  const [comma, point] = [proof(COMMA_DECIMAL, COMMA_UNSURE), proof(POINT_DECIMAL, POINT_UNSURE)];
  const unsureComma = texts.find((text) => COMMA_UNSURE.test(text));
  const unsurePoint = texts.find((text) => POINT_UNSURE.test(text));
  const isAsked = decimal === undefined && comma === point && unsureComma !== undefined;
  if (isAsked) {
    questions.push(`Is the comma in ${unsureComma} a decimal sign or does it separate thousands? Say --decimal comma or --decimal point`);
    return { decimal: '.', thousands: undefined };
  }
  const sign = decimal === undefined ? (comma && !point ? ',' : '.') : decimal === 'comma' ? ',' : '.';
  found.push(`a decimal ${sign === ',' ? 'comma' : 'point'}`);
  const signs: NumberSigns = { decimal: sign, thousands: thousandsOf(texts, sign) };
  const grouped = texts.find((text) => signs.thousands !== undefined && isGrouped(text, signs.thousands));
  if (grouped !== undefined) found.push(`separators of thousands, such as in ${grouped}`);
  else if (sign === '.' && !point && unsurePoint !== undefined)
    found.push(`${unsurePoint} is taken as ${Number(unsurePoint)}: where the point separates thousands, say --decimal comma`);
  return signs;
}

const OTHER_SPACES = /[\u00a0\u2009\u202f]/g;

function isGrouped(text: string, thousands: Thousands): boolean {
  return new RegExp(`^[+-]?\\d{1,3}[${thousands}]\\d{3}(?!\\d)`).test(text.replace(OTHER_SPACES, ' ').replace('\u2019', "'"));
}

function thousandsOf(texts: readonly string[], decimal: string): Thousands | undefined {
  return THOUSANDS.find((sign) => sign !== decimal && texts.some((text) => isGrouped(text, sign)));
}
