import { z } from 'zod';
import { by } from './acts.ts';
import { pumpIdAsked, wallFrom, wallTo } from './values.ts';

/** Which readings are to be taken back: all of `source`, or those of `pump` from `from` to `to`. */
export const retracting = z.strictObject({
  source: z.string().min(1).max(1024).optional().meta({ description: 'A file’s name, mqtt: and a topic, or # and a number', example: 'pumps.csv' }),
  pump: pumpIdAsked.optional(),
  from: wallFrom(),
  to: wallTo(),
  dryRun: z.boolean().default(false).meta({ description: 'Only tells what it comes to' }),
  reason: z.string().max(2000).optional().meta({ description: 'Needed unless it is a dry run' }),
  by,
});

/** What taking back comes to, or how far it is. */
export const retraction = z.object({
  act: z.int().nullable().meta({ description: 'Number of the act that asks for it; null when nothing was written down' }),
  retracted: z.int().meta({ description: 'Rows: those that would be, or that are, taken out' }),
  pumpDays: z.int(),
  done: z.boolean().meta({ description: 'It is carried out to the end. It goes on by itself otherwise, over restarts too' }),
});
export type Retraction = z.output<typeof retraction>;
