import { z } from 'zod';
import { parseDay, parseRangeEnd, parseTime } from '../../../domain/reading/wallClock.ts';
import { CSV_TYPE, JSON_TYPE } from '../negotiation.ts';
import { cursorQuery, dateQuery, limitQuery, pumpIdAsked, wallFrom, wallTo } from '../schemas/values.ts';

/** Where a page goes on, and how long it is. */
export function pageFields(most: number, usual: number) {
  return { cursor: cursorQuery, limit: limitQuery(most, usual) };
}

/** Which of what has pump, rule and time. */
export const alertFields = {
  pump: pumpIdAsked.optional(),
  rule: z.string().min(1).max(64).optional().meta({ description: 'Id of a rule', example: 'low-psi' }),
  from: wallFrom(),
  to: wallTo(),
};

/** Which pump-days. */
export const dayFields = {
  pump: pumpIdAsked.optional(),
  from: dateQuery.optional(),
  to: dateQuery.optional().meta({ description: 'The last date, which is included, YYYY-MM-DD' }),
};

/** A part of a pump's id. */
export const searchField = z.string().max(128).optional().meta({ description: 'Part of the pump’s id, in any case' });

/** By whom and of what kind; `which` says of which events that is. */
export function workFields(which: string) {
  const name = (what: string) => z.string().min(1).max(256).optional().meta({ description: `${what}, in any case; /api/v1/work-names lists them` });
  return {
    vendor: name('Vendor of the pump'),
    technician: name(`Who did ${which}`),
    work: name(`The description of ${which}`),
  };
}

/** Yes or no; absent is neither. */
export const flagField = z.enum(['true', 'false']).optional();

/** A query of which no other parameter is taken, and whose range does not run backwards. */
export function strictQuery<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).refine(isForward, { path: ['to'], error: 'expected nothing before from' });
}

/** A half-open range of wall times: `to` is exclusive when it is a time, and includes its day when it is a date, as on the command line. */
export function wallRange({ from, to }: WrittenRange): { from: number | undefined; to: number | undefined } {
  return { from: from === undefined ? undefined : parseTime(from), to: to === undefined ? undefined : parseRangeEnd(to) };
}

/** Day numbers of `from` and `to`, both inclusive. */
export function dayRange({ from, to }: WrittenRange): { fromDay: number | undefined; toDay: number | undefined } {
  return { fromDay: from === undefined ? undefined : parseDay(from), toDay: to === undefined ? undefined : parseDay(to) };
}

/** An answer as JSON, or all of the list as CSV, for which `limit` does not count. */
export function jsonOrCsv<Answer extends z.ZodType>(answer: Answer, csv: string) {
  return {
    200: {
      description: 'What was asked for',
      content: { [JSON_TYPE]: { schema: answer }, [CSV_TYPE]: { schema: z.string().meta({ description: csv }) } },
    },
  };
}

interface WrittenRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function isForward({ from, to }: Readonly<Record<string, unknown>>): boolean {
  if (typeof from !== 'string' || typeof to !== 'string') return true;
  const [start, end] = [parseTime(from), parseRangeEnd(to)];
  return start === undefined || end === undefined || (parseDay(to) === undefined ? start <= end : start < end);
}
