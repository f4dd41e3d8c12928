import { z } from 'zod';
import { shown } from './issues.ts';
import { parseDuration, parseSize } from './units.ts';

/** The message of a field: `expected a number from 1 to 64, got "many"`. */
function expected(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: (issue) => `expected ${what}, got ${shown(issue.input)}` };
}

/** A whole number in a range, both ends included. */
export function integer(min: number, max: number) {
  const wanted = expected(`a number from ${min} to ${max}`);
  return z.number(wanted).int(wanted).min(min, wanted).max(max, wanted);
}

/** A finite number. */
export function number() {
  return z.number(expected('a number'));
}

/** A number above 0. */
export function positive() {
  const wanted = expected('a number above 0');
  return z.number(wanted).positive(wanted);
}

/** The message of a test that a section makes itself. */
export const checked = expected;

/** Anything that `read` makes a value of; undefined says that it is something else. */
export function from<T>(what: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', input: value, message: expected(what).error({ input: value }) });
    return z.NEVER;
  });
}

/** A positive rate, or `none`, which is Infinity. */
export function rate() {
  return from('a number of rows a second above 0, or none', (value) => {
    if (value === 'none') return Infinity;
    return typeof value === 'number' && value > 0 ? value : undefined;
  });
}

/** One line of text that is not empty and no longer than `max` characters, and matches `pattern` when there is one. */
export function text(what: string, max: number, pattern = /^[^\p{Cc}]+$/u) {
  const wanted = expected(what);
  return z.string(wanted).min(1, wanted).max(max, wanted).regex(pattern, wanted);
}

/** A path of a file or folder. */
export function path() {
  return text('a path', 4096);
}

/** A text that matches a pattern, and that no message shows. */
export function secretText(what: string, pattern: RegExp) {
  const wanted = { error: `expected ${what}, got something else` };
  return z.string(wanted).regex(pattern, wanted);
}

/** A text that passes a test. */
export function checkedText(what: string, test: (value: string) => boolean) {
  const wanted = expected(what);
  return z.string(wanted).refine(test, wanted);
}

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, expected(words.length === 2 ? words.join(' or ') : `one of ${words.join(', ')}`));
}

/** A duration in ms, from `min` ms on, which is `written` like that. */
export function durationFrom(min: number, written: string) {
  return from(`a duration such as 2s, 500ms or 1h${min === 0 ? '' : `, at least ${written}`}`, (value) => {
    const ms = value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined;
    return ms !== undefined && ms >= min ? ms : undefined;
  });
}

/** A duration in ms, or `auto`. */
export function durationOrAuto() {
  return from('a duration such as 2s, 500ms or 1h, or auto', (value) => {
    if (value === 'auto' || value === 0) return value;
    return typeof value === 'string' ? parseDuration(value) : undefined;
  });
}

/** A duration in ms, or `none`, which is null. */
export function durationOrNone() {
  return from('a duration such as 30d or 12h, or none', (value) => {
    if (value === 'none') return null;
    const ms = typeof value === 'string' ? parseDuration(value) : undefined;
    return ms !== undefined && ms > 0 ? ms : undefined;
  });
}

/** A size in bytes, from `min` bytes on, which is `written` like that. */
export function size(min: number, written: string) {
  return from(`a size such as 512MB or 2GB, at least ${written}`, (value) => {
    const bytes = typeof value === 'string' ? parseSize(value) : undefined;
    return bytes !== undefined && bytes >= min ? bytes : undefined;
  });
}

/** A size in bytes, or `none`, which is Infinity. */
export function sizeOrNone() {
  return from('a size such as 10GB or 512MB, or none', (value) => {
    if (value === 'none') return Infinity;
    const bytes = typeof value === 'string' ? parseSize(value) : undefined;
    return bytes !== undefined && bytes > 0 ? bytes : undefined;
  });
}

/** A time of day in ms since midnight. */
export function timeOfDay() {
  return from('a time of day such as "06:00"', (value) => {
    const [, hours, minutes] = (typeof value === 'string' && /^([01]\d|2[0-3]):([0-5]\d)$/.exec(value)) || [];
    return hours === undefined ? undefined : (Number(hours) * 60 + Number(minutes)) * 60_000;
  });
}

/** A time of day, or false. */
export function timeOfDayOrFalse() {
  return from('a time of day such as "00:30", or false', (value) => {
    if (value === false) return value;
    return typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : undefined;
  });
}

/** A list of something. */
export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, expected(what));
}

/** A mapping with known keys; absent, all its keys have their defaults. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, mapping()).prefault({} as never);
}

/** The error of what should be a mapping; unknown keys are told apart by their code. */
export function mapping(): { error: (issue: { readonly code?: string | undefined; readonly input?: unknown }) => string | undefined } {
  return { error: (issue) => (issue.code === 'invalid_type' ? `expected a mapping, got ${shown(issue.input)}` : undefined) };
}

/** Either of two numbers. */
export function eitherNumber<const A extends number, const B extends number>(a: A, b: B) {
  return z.union([z.literal(a), z.literal(b)], expected(`${a} or ${b}`));
}
