import { isPumpId, pumpIdOf } from '../../domain/pump/pumpId.ts';
import { formatDay } from '../../domain/reading/wallClock.ts';
import { parseDate, parseNumber, quoteField } from '../decode/csv/fields.ts';

/** A field of a reference file that is not what it should be; a part of the sentence that refuses the file. */
export class FieldError extends Error {
  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.name = 'FieldError';
  }
}

const LONGEST_TEXT = 1000;

/** A pump id as in readings. */
export function pumpField(name: string, text: string): string {
  const id = pumpIdOf(text);
  if (!isPumpId(id)) throw new FieldError(`${name} to be 1 to 64 characters without control characters and /`, quoteField(text));
  return id;
}

/** A line of text, also an empty one. */
export function textField(name: string, text: string): string {
  if (/\p{Cc}/u.test(text) || text.length > LONGEST_TEXT)
    throw new FieldError(`${name} to be one line of at most ${LONGEST_TEXT} characters`, quoteField(text));
  return text;
}

/** A text that has to be there. */
export function nameField(name: string, text: string): string {
  if (text === '') throw new FieldError(`${name} to be there`, 'nothing');
  return textField(name, text);
}

/** A number that can be dialled, as people write it; null for an empty field. */
export function phoneField(name: string, text: string): string | null {
  if (text === '') return null;
  if (!/^\+?[\d\s()./-]{3,40}(\s?(x|ext\.?)\s?\d{1,8})?$/i.test(text) || !/\d{3}/.test(text.replace(/\D/g, '')))
    throw new FieldError(`${name} to be a number such as +1 985 555-0101`, quoteField(text));
  return text;
}

/** A mail address; null for an empty field. */
export function mailField(name: string, text: string): string | null {
  if (text === '') return null;
  if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(text) || text.length > LONGEST_TEXT)
    throw new FieldError(`${name} to be an address such as j.thomas@example.org`, quoteField(text));
  return text;
}

/** How far ahead a date of two-digit year may lie: work is planned, but no pump is bought in the year after next. */
const PLANNED_DAYS = 366;

/**
 * A date as in readings; gives `YYYY-MM-DD`. What was bought and done lies in the past, so a year of two digits is one of
 * the last hundred: 12/31/99 is 1999. Only the year that follows `today`, a day number, still counts as 20YY.
 */
export function dateField(name: string, text: string, today: number): string {
  const day = parseDate(text);
  if (day === undefined) throw new FieldError(`${name} to be a date such as 3/15/11 or 2011-03-15`, quoteField(text));
  if (day <= today + PLANNED_DAYS || !/\/\d{2}$/.test(text)) return formatDay(day);
  return formatDay(parseDate(text.replace(/\d{2}$/, '19$&'))!); // 19YY and 20YY have the same leap years but for 00
}

/** A number from -limit to limit. */
export function numberField(name: string, text: string, limit: number): number {
  const value = parseNumber(text);
  if (value === undefined || Math.abs(value) > limit)
    throw new FieldError(`${name} to be a number from -${limit} to ${limit}`, quoteField(text));
  return value;
}
