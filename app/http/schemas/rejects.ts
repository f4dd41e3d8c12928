import { z } from 'zod';
import { RECEIVER_NAMES } from '../../../domain/receivers.ts';
import { FIELDS } from '../../../ingest/decode/csv/header.ts';
import { by } from './acts.ts';
import { instant, measure, pageFields, pumpId, value, wallTime } from './values.ts';

const rejectNumber = z.int().meta({ description: 'Its number in order of arrival, from 1' });

/** A row that could not be taken. */
export const reject = z.object({
  number: rejectNumber,
  source: z.string(), line: z.number().int(), reason: z.string(), raw: z.string(), at: instant.nullable(),
  fields: z.array(z.string()).nullable().readonly().meta({
    description: `${FIELDS.join(', ')}, as they stand in the row; null where it can’t be told which is which`,
  }),
  whole: z.boolean().meta({ description: 'The row is kept whole, so it can be mended' }),
  attempt: rejectNumber.nullable().meta({ description: 'The newest reject that was to take its place, and was wrong still' }),
  replayed: z.object({ by: z.string().nullable(), source: z.string(), line: z.int(), at: instant }).nullable().meta({
    description: 'The row that has taken its place: who mended it, in which file, and when it came',
  }),
});
export type RejectItem = z.output<typeof reject>;
/** Newest first. */
export const rejectPage = z.object({
  items: z.array(reject), total: z.number().int(), ...pageFields,
  dropped: z.number().int().meta({ description: 'Older ones that are counted and no longer listed: beyond limits.rejects, or cleared' }),
});

/** Mended rows, to be sent again. */
export const replaying = z.strictObject({
  rows: z.array(z.strictObject({
    number: z.int().min(1).meta({ description: 'Of the reject whose place the row takes' }),
    fields: z.array(z.string().max(256)).length(FIELDS.length).meta({ description: `${FIELDS.join(', ')}, as in a file of readings` }),
  })).min(1).max(500),
  by,
});
export const replaying202 = z.object({
  file: z.string().meta({ description: 'Its name in the inbox, which is the source of the rows; a reject says what became of it' }),
  rows: z.int(),
});

const counts = z.object({
  received: z.number().int(),
  stored: z.number().int(),
  replaced: z.number().int().meta({
    description: 'Stored rows that came to another reading of the same pump and time with other values; part of stored',
  }),
  retracted: z.number().int().meta({ description: 'Stored rows that somebody took back since; part of stored' }),
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
    .meta({ description: 'The last alerts that are gone because another reading replaced theirs, or theirs was taken back, the newest first; at most 100' }),
  unknownPumps: z.array(z.string()).meta({ description: 'Pumps with readings that the vendor file does not list; at most 1,000' }),
});
export type BalanceAnswer = z.output<typeof balance>;
