import { z } from 'zod';
import { instant, measure, pumpId, value, wallTime } from './values.ts';

const rows = z.int();
const sourceName = z.string().nullable();

/** What came from a file or a topic, and what became of it: `received = stored + duplicate + rejected + pending`. */
export const receipt = z.object({
  number: z.int().nullable().meta({ description: 'In the order in which sources came, from 1; null of what is not kept by source, and of a ' +
    'topic of which nothing is stored yet' }),
  source: sourceName.meta({ description: 'The file’s name as it was dropped, or mqtt: and the topic; null of what is not kept by source' }),
  received: rows, stored: rows,
  replaced: rows.meta({ description: 'Part of stored' }),
  retracted: rows.meta({ description: 'Part of stored' }),
  duplicate: rows, rejected: rows, pending: rows,
  first: instant.nullable(), last: instant.nullable(),
  bytes: z.number().nullable().meta({ description: 'Of a file' }),
  digest: z.string().nullable().meta({ description: 'Of a file', example: 'crc32:1c291ca3' }),
});
export type ReceiptItem = z.output<typeof receipt>;
/** Newest first. */
export const receiptPage = z.object({ items: z.array(receipt), total: z.int() });
export type ReceiptPage = z.output<typeof receiptPage>;

const bringer = {
  source: sourceName.meta({ description: 'The file’s name as it was dropped, or mqtt: and the topic; null when it is not known' }),
  number: z.int().nullable().meta({ description: 'Of its receipt' }),
  line: z.int().nullable().meta({ description: 'On which its row begins, in the file or the payload, from 1' }),
  receivedAt: instant.nullable(),
};

/** Where the cells of a reading came from, in the order of the measures. */
export const trace = z.object({
  pump: pumpId, at: wallTime,
  cells: z.array(z.object({
    measure, value,
    ...bringer,
    replaced: z.object({ value, ...bringer }).nullable().meta({ description: 'The value that it took the place of' }),
    confirmedBy: z.array(z.object(bringer)).meta({ description: 'Other rows that came with the same value' }),
  })),
});
export type TraceAnswer = z.output<typeof trace>;
