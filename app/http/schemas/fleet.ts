import { z } from 'zod';
import { instant } from './values.ts';

const count = z.int();

/** The workers that share the table, and its partitions. */
export const fleet = z.object({
  workers: z.array(z.object({
    name: z.string(), host: z.string(), pid: count, startedAt: instant,
    at: instant.meta({ description: 'When it last said how it is' }),
    heard: z.boolean().meta({ description: 'Whether that was within 15 s: one that was killed is silent' }),
    state: z.string(), lastError: z.string().nullable(),
    http: z.string().nullable().meta({ description: 'The address of its page, as it is configured' }),
    partitions: z.array(count), lag: count.meta({ description: 'Records that these have and the table lacks' }),
  })),
  partitions: z.array(z.object({
    topic: z.string(), partition: count, worker: z.string().nullable().meta({ description: 'Null when nobody has it' }),
    epoch: count.meta({ description: 'How often it was taken over' }),
    stored: count, duplicate: count, rejected: count,
    lag: count.nullable().meta({ description: 'Null when its worker is not heard' }), lastReceivedAt: instant.nullable(),
  })),
});
export type FleetAnswer = z.output<typeof fleet>;
