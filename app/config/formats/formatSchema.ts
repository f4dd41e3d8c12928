import { z } from 'zod';
import { THOUSANDS, TIME_UNITS } from '../../../ingest/decode/mapping/format.ts';
import { fixedOffset } from '../../../ingest/decode/mapping/timeFormat.ts';
import { MEASURES, type Measure } from '../../../domain/reading/measures.ts';
import { checkedText, durationFrom, from, integer, listOf, mapping, number, oneOf, text } from '../fields.ts';
import { isTimeZone } from '../zones.ts';

const MOST_COLUMNS = 10_000;

const isScalar = (value: unknown) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A word as it stands in the source: numbers and booleans of YAML are their texts. */
const word = () => from('a word, a number or a boolean', (value) => (isScalar(value) ? String(value) : undefined));

const column = () => from('the name of a column, or its number from 1', (value) => {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1 && value <= MOST_COLUMNS ? value : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
});
const path = () => text('a path of names joined by dots', 1024);
const pattern = () => text('a regular expression', 1024, /^[^\n]+$/);
const level = () => integer(1, 128);

/** A name in the source; for JSON it is a path. */
const name = () => column();
const measure = z.union([
  name().transform((only) => ({ from: [only], scale: 1, offset: 0, quality: undefined })),
  listOf(name(), 'a list of names').transform((all) => ({ from: all, scale: 1, offset: 0, quality: undefined })),
  z.strictObject({
    from: z.union([name().transform((only) => [only]), listOf(name(), 'a list of names')]),
    scale: number().default(1),
    offset: number().default(0),
    quality: name().optional(),
  }),
], { error: 'expected a name, a list of names, or { from: NAME, scale: 1, offset: 0 }' });

const measures = Object.fromEntries(MEASURES.map((each) => [each, measure.optional()])) as Record<Measure, z.ZodOptional<typeof measure>>;

const skippedLines = listOf(text('the beginning of a line', 256, /^[^\r\n]+$/), 'a list of beginnings of lines');

const unitsRow = from('true, false, or how many lines behind the header are no rows', (value) => {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 9 ? value : undefined;
});

const zone = checkedText(
  'site, an IANA time zone such as UTC or Europe/Berlin, or an offset such as -06:00',
  (value) => value === 'site' || fixedOffset(value) !== undefined || isTimeZone(value),
);

/** A format as it is written. What goes together is checked by `formatIssues`. */
export const formatSchema = z.strictObject({
  kind: oneOf(['csv', 'json']),
  delimiter: oneOf([',', ';', 'tab', '\t', '|', 'spaces']).optional(),
  decimal: oneOf(['.', ',']).optional(),
  thousands: oneOf(THOUSANDS).optional(),
  encoding: oneOf(['utf-8', 'utf-16le', 'windows-1252']).optional(),
  skip: skippedLines.optional(),
  unitsRow: unitsRow.optional(),
  each: path().optional(),
  pump: z.strictObject({
    column: column().optional(), path: path().optional(), topic: level().optional(), file: pattern().optional(), value: word().optional(),
    key: z.literal(true, { error: 'expected true' }).optional(),
  }, mapping()).optional(),
  tag: z.strictObject({
    column: column().optional(), path: path().optional(), topic: level().optional(),
    header: z.literal(true, { error: 'expected true' }).optional(), key: z.literal(true, { error: 'expected true' }).optional(),
    pattern: pattern().optional(),
  }, mapping()).optional(),
  time: z.strictObject({
    column: column().optional(), columns: listOf(column(), 'a list of columns').optional(), path: path().optional(),
    format: text('iso, or a format such as DD.MM.YYYY HH:mm:ss', 100).optional(),
    unit: oneOf(TIME_UNITS).optional(),
    zone: zone.default('site'),
    align: durationFrom(1, '1ms').optional(),
  }, mapping()).optional(),
  value: z.strictObject({ column: column().optional(), path: path().optional() }, mapping()).optional(),
  quality: z.strictObject({
    column: column().optional(), path: path().optional(), good: listOf(word(), 'a list of words'),
  }, mapping()).optional(),
  missing: listOf(word(), 'a list of words that stand for no value').default(['']),
  measures: z.strictObject(measures, mapping()),
}, mapping());

/** A format as it is written, its words and names read. */
export type WrittenFormat = z.output<typeof formatSchema>;

/** The keys of a mapping at a path below `formats.NAME`, for suggestions; undefined where no mapping is. */
export function formatKeys(path: readonly string[]): readonly string[] | undefined {
  let schema: unknown = formatSchema;
  for (const part of path) schema = schema instanceof z.ZodObject ? unwrapped((schema.shape as Record<string, unknown>)[part]) : undefined;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined;
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}
