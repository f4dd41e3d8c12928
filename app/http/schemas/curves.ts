import { z } from 'zod';
import { byMeasure } from '../../../domain/reading/measures.ts';
import { pumpId } from './values.ts';

const column = z.array(z.number().nullable());
/** The lowest and the highest value of each bucket; null in a gap. */
export const band = z.object({ min: column, max: column });
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
