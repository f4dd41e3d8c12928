import { dayNumber, formatDay, isDate } from '../../domain/wallClock.ts';

/** A field of a reference file that is not what it should be. Becomes a part of the sentence that refuses the file. */
export class FieldError extends Error {
  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.name = 'FieldError';
  }
}

const LONGEST_TEXT = 1000;

/** A pump id: 1 to 64 Unicode code points, no control character, no `/`. */
export function pumpField(name: string, text: string): string {
  if (!/^[^\p{Cc}/]{1,64}$/u.test(text)) throw new FieldError(`${name} to be a pump id of 1 to 64 characters without /`, quoted(text));
  return text;
}

/** Any text, also none, but no control characters: it is shown on terminals and pages. */
export function textField(name: string, text: string): string {
  if (/\p{Cc}/u.test(text) || text.length > LONGEST_TEXT) throw new FieldError(`${name} to be text of a line, at most ${LONGEST_TEXT} characters`, quoted(text));
  return text;
}

/** `M/D/YY`, `M/D/YYYY` or `YYYY-MM-DD`, as in readings; gives `YYYY-MM-DD`. */
export function dateField(name: string, text: string): string {
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text);
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = us ? [us[3].length === 2 ? `20${us[3]}` : us[3], us[1], us[2]] : iso ? iso.slice(1) : [];
  if (year === undefined || !isDate(Number(year), Number(month), Number(day))) {
    throw new FieldError(`${name} to be a date that exists, such as 3/15/11 or 2011-03-15`, quoted(text));
  }
  return formatDay(dayNumber(Number(year), Number(month), Number(day)));
}

/** A number from -limit to limit. */
export function numberField(name: string, text: string, limit: number): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (!(Math.abs(value) <= limit)) throw new FieldError(`${name} to be a number from -${limit} to ${limit}`, quoted(text));
  return value;
}

function quoted(text: string): string {
  return `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;
}
