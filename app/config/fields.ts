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

/** A positive rate, or `none`, which is Infinity. */
export function rate() {
  return z.union([z.number().positive(), z.literal('none')], expected('a number of rows a second above 0, or none')).transform((value) => (value === 'none' ? Infinity : value));
}

/** One line of text that is not empty and no longer than `max` characters, and matches `pattern` when there is one. */
export function text(what: string, max: number, pattern = /^[^\p{Cc}]+$/u) {
  const wanted = expected(what);
  return z.string(wanted).min(1, wanted).max(max, wanted).regex(pattern, wanted);
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

/** A duration in ms, from `min` on. */
export function duration(min: { ms: number; written: string }) {
  const wanted = expected(min.ms === 0 ? 'a duration such as 2s, 500ms or 1h' : `a duration such as 2s, 500ms or 1h, at least ${min.written}`);
  return z.union([z.string(), z.literal(0)], wanted).transform((value, context) => {
    const ms = parseDuration(String(value));
    if (ms !== undefined && ms >= min.ms) return ms;
    context.addIssue({ code: 'custom', input: value, message: wanted.error({ input: value }) });
    return z.NEVER;
  });
}

/** A duration in ms, or `none`, which is null. */
export function durationOrNone() {
  const wanted = expected('a duration such as 30d or 12h, or none');
  return z.string(wanted).transform((value, context) => {
    const ms = value === 'none' ? null : parseDuration(value);
    if (ms === null || (ms !== undefined && ms > 0)) return ms;
    context.addIssue({ code: 'custom', input: value, message: wanted.error({ input: value }) });
    return z.NEVER;
  });
}

/** A size in bytes, or `none`, which is Infinity. */
export function sizeOrNone() {
  const wanted = expected('a size such as 10GB or 512MB, or none');
  return z.string(wanted).transform((value, context) => {
    const bytes = value === 'none' ? Infinity : parseSize(value);
    if (bytes !== undefined && bytes > 0) return bytes;
    context.addIssue({ code: 'custom', input: value, message: wanted.error({ input: value }) });
    return z.NEVER;
  });
}

/** A time of day, or false. */
export function timeOfDayOrFalse() {
  return z.union([z.literal(false), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)], expected('a time of day such as "00:30", or false'));
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
