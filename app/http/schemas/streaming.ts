import { z } from 'zod';
import { forEachReceiver, RECEIVER_NAMES } from '../../../domain/receivers.ts';
import { instant, pumpId, value, wallTime } from './values.ts';

const rowsByReceiver = z.object(forEachReceiver(z.number().int()));
const rows = z.number().int();
const outcome = z.object({
  stored: rows,
  replaced: rows.meta({ description: 'Part of stored' }),
  duplicate: rows,
  replayed: rows.meta({ description: 'Part of stored and duplicate' }),
  rejected: rows, alerts: rows,
});

/** What the job has done since its start; after Spark's `streaming/statistics`. Times in ms. */
export const statistics = z.object({
  site: z.string(),
  timezone: z.string(),
  startTime: instant,
  state: z.enum(['running', 'stopping', 'stopped']),
  recovered: z.boolean().meta({
    description:
      'What an earlier run left is in order, and the store was there: until then nobody knows whether all is well. The stream’s ' +
      '`store` tells when it is so',
  }),
  batchInterval: z.number().int(),
  numActiveReceivers: z.number().int(),
  numTotalCompletedBatches: z.number().int(),
  numFailedBatches: z.number().int(),
  numProcessedRecords: z.number().int(),
  numReceivedRecords: z.number().int(),
  avgInputRate: z.number().nullable().meta({ description: 'Rows a second over the batches that are remembered' }),
  avgSchedulingDelay: z.number().nullable(),
  avgProcessingTime: z.number().nullable(),
  avgTotalDelay: z.number().nullable(),
  store: z.object({ kind: z.string(), away: z.object({ since: instant, reason: z.string() }).nullable() }),
  journal: z.object({ bytes: z.number(), full: z.boolean() }),
  forward: z.object({
    state: z.string(), url: z.string(), topic: z.string(), waiting: z.number().int(), lastSentAt: instant.nullable(), lastError: z.string().nullable(),
  }).nullable().meta({ description: 'Stored rows on their way to Kafka; null where they go nowhere' }),
});
export type Statistics = z.output<typeof statistics>;

export const receiver = z.object({
  name: z.enum(RECEIVER_NAMES),
  state: z.string(),
  detail: z.string().nullable().meta({ description: 'Where it takes from: the inbox, or the broker' }),
  lastMessageAt: instant.nullable(),
  lastError: z.string().nullable(),
  rows: z.number().int().meta({ description: 'Since the job’s start' }),
  lag: z.number().int().nullable().meta({ description: 'Records that the topic has and the table lacks; null where nobody counts them' }),
});
export type ReceiverItem = z.output<typeof receiver>;
export const receivers = z.object({ items: z.array(receiver) });

const namedCounts = z.array(z.object({ name: z.string(), count: z.int() }).readonly()).readonly();
/** What each format leaves out without rejecting it, in values, since the job's start; the most frequent names first. */
export const leftOut = z.object({
  items: z.array(z.object({
    format: z.string(),
    ignored: z.int().meta({ description: 'Of tags that map to nothing' }), ignoredTags: namedCounts,
    bad: z.int().meta({ description: 'Of a quality that is not good' }), badQuality: namedCounts,
    noValue: z.int().meta({ description: 'Words for "no value"' }), noValues: namedCounts.meta({ description: 'By measure' }),
    sentences: z.array(z.string()).meta({ description: 'The same for people' }),
  })).readonly(),
});
export type LeftOutAnswer = z.output<typeof leftOut>;

/** A batch; after Spark's `streaming/batches`. Times in ms. */
export const batch = z.object({
  batchId: z.number().int().meta({ description: 'When its interval began, ms since 1970-01-01T00:00Z' }),
  batchTime: instant,
  status: z.enum(['COMPLETED', 'FAILED']),
  inputSize: z.number().int(),
  rows: rowsByReceiver,
  outcome,
  schedulingDelay: z.number(),
  processingTime: z.number(),
  totalDelay: z.number(),
  numSteps: z.number().int(),
});
export type BatchItem = z.output<typeof batch>;
/** Newest first; the last 1,000 are remembered. */
export const batches = z.object({ items: z.array(batch) });

export const batchDetail = batch.extend({
  operations: z
    .array(
      z.object({
        name: z.string(),
        duration: z.number().meta({ description: 'ms' }),
        times: z.number().int(),
        rows: z.number().int(),
      }),
    )
    .meta({
      description:
        'take: read and parse; raise: find alerts; table: write; tell: hand alerts on; keep: windows and files; settle: move ' +
        'files, trim the journal',
    }),
  failureReason: z.string().nullable(),
});
export type BatchDetail = z.output<typeof batchDetail>;

/** The last complete window by arrival, the worst pumps first. */
export const windows = z.object({
  to: instant.nullable().meta({ description: 'Its end; null before the first' }),
  lengthMs: z.number().int(),
  slideMs: z.number().int(),
  pumpDays: z.number().int(),
  rows: z.array(z.object({
    pump: pumpId,
    date: z.string(),
    count: z.number().int(),
    min: value,
    max: value,
    mean: value,
    alerts: z.number().int(),
    last: z.object({ at: wallTime, psi: value }),
    total: z.looseObject({ rows: z.number().int(), alerts: z.number().int() }),
  })),
});
export type Windows = z.output<typeof windows>;
