import type { Answers } from './answers.ts';
import type { ColumnFacts } from './columnFacts.ts';

/** A sign with exactly three digits behind it, and one to three before it: it may separate thousands. */
const COMMA_UNSURE = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const POINT_UNSURE = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;
const COMMA_DECIMAL = /^[+-]?(?:\d*,\d+(?:[eE][+-]?\d{1,3})?|\d{1,3}(?:\.\d{3})+,\d*|\d{1,3}(?:\.\d{3}){2,})$/;
const POINT_DECIMAL = /^[+-]?(?:\d*\.\d+(?:[eE][+-]?\d{1,3})?|\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:,\d{3}){2,})$/;

/**
 * The decimal sign of the values: what proves it decides. Where commas may as well separate thousands it is asked for, as 1,250
 * would become 1.25. Says what it found.
 */
export function guessDecimal(
  columns: readonly ColumnFacts[],
  { decimal }: Answers,
  { questions, found }: { readonly questions: string[]; readonly found: string[] },
): '.' | ',' {
  const texts = columns.flatMap(({ distinct }) => [...distinct]);
  const proof = (sign: RegExp, unsure: RegExp) => texts.some((text) => sign.test(text) && !unsure.test(text));
  const [comma, point] = [proof(COMMA_DECIMAL, COMMA_UNSURE), proof(POINT_DECIMAL, POINT_UNSURE)];
  const unsureComma = texts.find((text) => COMMA_UNSURE.test(text));
  const unsurePoint = texts.find((text) => POINT_UNSURE.test(text));
  const isAsked = decimal === undefined && comma === point && unsureComma !== undefined;
  if (isAsked) {
    questions.push(`Is the comma in ${unsureComma} a decimal sign or does it separate thousands? Say --decimal comma or --decimal point`);
    return '.';
  }
  const sign = decimal === undefined ? (comma && !point ? ',' : '.') : decimal === 'comma' ? ',' : '.';
  found.push(`a decimal ${sign === ',' ? 'comma' : 'point'}`);
  const grouped = texts.find((text) => (sign === ',' ? /^[+-]?\d{1,3}\.\d/ : /^[+-]?\d{1,3},\d/).test(text));
  if (grouped !== undefined) found.push(`values with separators of thousands, such as ${grouped}, are rejects: export without them`);
  else if (sign === '.' && !point && unsurePoint !== undefined)
    found.push(`${unsurePoint} is taken as ${Number(unsurePoint)}: where the point separates thousands, export without separators`);
  return sign;
}
