import { z } from 'zod';
import { byMeasure } from '../../../domain/reading/measures.ts';
import { pumpId, value, wallTime } from './values.ts';

const column = z.array(z.number().nullable());
/** The lowest and the highest value of each bucket, and the mean of its readings; null in a gap. */
export const band = z.object({
  min: column, max: column,
  avg: column.optional().meta({ description: 'Not where each entry is one reading' }),
});
export type Band = z.output<typeof band>;

/**
 * A pump's readings of a range, made few: each bucket gives the minimum and the maximum of what is in it, so that no
 * spike is lost. Buckets without a reading are left out; where readings are missing, an entry with nulls stands in between.
 */
export const curves = z.object({
  pump: pumpId,
  from: z.number().meta({ description: 'Wall time in ms from 1970-01-01T00:00, as if every day had 24 hours; so are all times here' }),
  to: z.number(),
  rows: z.number().int().meta({ description: 'How many readings the range holds' }),
  bucketMs: z.number().int().meta({ description: 'Width of a bucket; 0 when each entry is one reading' }),
  cadenceMs: z.number().nullable().meta({ description: 'The usual time between two readings' }),
  time: z.array(z.number()).meta({ description: 'Rising: when each bucket begins' }),
  ...byMeasure(() => band.optional()),
});
export type Curves = z.output<typeof curves>;

const figures = z.object({ count: z.number().int(), min: value, max: value, avg: value });
const addedUp = z.object({ rows: z.number().int(), ...byMeasure(() => figures.nullable()) });
/** A pump's readings of a range, added up, and those of as long a time before it. */
export const rangeFigures = addedUp.extend({
  pump: pumpId, from: wallTime, to: wallTime,
  before: addedUp.meta({ description: 'As long a time, up to `from`' }),
});
export type RangeFigures = z.output<typeof rangeFigures>;

/** What is usual at a pump by its own past. */
export const usual = z.object({
  pump: pumpId,
  rule: z.string().nullable().meta({ description: 'The rule of deviation that judges so; null where none watches the measure' }),
  items: z.array(z.object({ date: z.string(), median: z.number(), reach: z.number() }))
    .meta({ description: 'By day: the median of the days before, and how far a median may be from it. Days without enough before them are left out' }),
});
export type Usual = z.output<typeof usual>;
