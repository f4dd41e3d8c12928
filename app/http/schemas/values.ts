import { z } from 'zod';
import { MEASURE_TABLE, MEASURES } from '../../../domain/reading/measures.ts';
import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { parseDay, parseTime } from '../../../domain/reading/wallClock.ts';

/** A pump's id, as it is reported. */
export const pumpId = z.string().min(1).max(128).meta({ description: 'Pump id, 1 to 64 characters', example: 'LAGNAPPE' });
/** One that is asked for: spaces and invisible characters at its ends do not count, as in readings. */
export const pumpIdAsked = pumpId.overwrite(pumpIdOf);

/** A wall time of the site in a query; see {@link wallFrom} and {@link wallTo} for what a date alone means. */
export const wallTimeAsked = z
  .string()
  .max(23)
  .refine((text) => parseTime(text) !== undefined, { error: 'expected YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss[.mmm]]' })
  .meta({ example: '2014-03-14T12:00:00' });

/** Where a range of wall times begins; a date alone is its midnight. `absent` says what is asked for without one. */
export const wallFrom = (absent = '') =>
  wallTimeAsked
    .optional()
    .meta({ description: `From this time on the site's wall clock on, YYYY-MM-DD or YYYY-MM-DDTHH:mm[:ss[.mmm]]${absent}` });

/** Where one ends: before a time, or with the day of a date alone, as on the command line. */
export const wallTo = (absent = '') =>
  wallTimeAsked.optional().meta({
    description:
      "Up to this time on the site's wall clock, which is not included, YYYY-MM-DDTHH:mm[:ss[.mmm]]; YYYY-MM-DD alone includes " +
      `that day${absent}`,
  });

/** A date of the site in a query. */
export const dateQuery = z.string().max(10).refine((text) => parseDay(text) !== undefined, { error: 'expected YYYY-MM-DD' })
  .meta({ description: "Date on the site's calendar, YYYY-MM-DD", example: '2014-03-14' });

/** A wall time of the site in an answer. */
export const wallTime = z
  .string()
  .meta({ description: "Time on the site's wall clock, YYYY-MM-DDTHH:mm:ss[.mmm]", example: '2014-03-14T12:00:00' });

/** A moment, in UTC. */
export const instant = z.string().meta({ description: 'Moment in UTC, ISO 8601', example: '2026-01-31T12:00:00.000Z' });

/** A measured value, or one that was computed; null for what JSON has no number for. */
export const value = z.number().nullable();

export const measure = z
  .enum(MEASURES)
  .meta({ description: MEASURE_TABLE.map(({ name, label, unit }) => `${name} ${label.toLowerCase()}${unit && ` in ${unit}`}`).join(', ') });

/** A whole number as a path or query has it, in decimal digits; `number` says more of it. */
export function wholeNumber(number: (whole: z.ZodInt) => z.ZodInt = (whole) => whole) {
  return z.preprocess((text) => (typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text), number(z.int()));
}

/** How many items a page may have, as `limit` in a query. */
export const limitQuery = (most: number, usual: number) =>
  wholeNumber((whole) => whole.min(1).max(most))
    .default(usual)
    .meta({ description: `How many at most, 1 to ${most}` });

/** Where a page goes on: `next` of the page before, which means nothing to anybody else. */
export const cursorQuery = z.string().min(1).max(512).optional().meta({ description: '`next` of the page before' });

/** What every page says of itself beside its items. */
export const pageFields = {
  next: z.string().nullable().meta({ description: 'Give it as `cursor` to have the next page; null on the last' }),
};
