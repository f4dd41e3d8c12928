import { z } from 'zod';
import { RECEIVER_NAMES } from '../../../domain/receivers.ts';
import { instant, measure, pageFields, pumpId, value, wallTime } from './values.ts';

/** A row that could not be taken, as `wellwatch rejects --json` writes it. */
export const reject = z.object({ source: z.string(), line: z.number().int(), reason: z.string(), raw: z.string(), at: instant.nullable() });
export type RejectItem = z.output<typeof reject>;
/** Newest first. */
export const rejectPage = z.object({
  items: z.array(reject), total: z.number().int(), ...pageFields,
  dropped: z.number().int().meta({ description: 'Older ones that are counted and no longer listed: beyond limits.rejects, or cleared' }),
});

const counts = z.object({
  received: z.number().int(),
  stored: z.number().int(),
  replaced: z.number().int().meta({
    description: 'Stored rows that came to another reading of the same pump and time with other values; part of stored',
  }),
  duplicate: z.number().int(),
  replayed: z.number().int().meta({ description: 'Mended rows that took the place of a reject; part of stored and duplicate' }),
  rejected: z.number().int(),
  pending: z.number().int().nullable().meta({ description: 'On disk, not yet in the table; null when it can’t be told' }),
  alerts: z.number().int(),
});
/** `received = stored + duplicate + rejected + pending`, since the table was made. */
export const balance = z.object({
  total: counts,
  receivers: z.partialRecord(z.enum(RECEIVER_NAMES), counts),
  late: z.number().int().meta({ description: 'Stored rows older than limits.lateness against their pump’s newest; part of stored' }),
  failedFiles: z
    .object({
      count: z.number().int(),
      newest: z.array(z.object({ name: z.string(), reason: z.string().nullable(), at: z.string() })).meta({ description: 'At most 5, ' +
        'the newest first' }),
    })
    .meta({ description: 'Files that could not be read, or not to their end: they lie in failed/ of the inbox' }),
  replacedAlerts: z
    .array(z.object({ pump: pumpId, at: wallTime, rule: z.string(), measure, value, threshold: z.number() }))
    .meta({ description: 'The last alerts that are gone because another reading replaced theirs, the newest first; at most 100' }),
  unknownPumps: z.array(z.string()).meta({ description: 'Pumps with readings that the vendor file does not list; at most 1,000' }),
});
export type BalanceAnswer = z.output<typeof balance>;
