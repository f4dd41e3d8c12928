import { z } from 'zod';
import { DISK_PARTS } from '../../../domain/disk/diskUse.ts';
import { instant } from './values.ts';

const bytes = z.int();
const ends = z.enum(['disk', 'limit']);

/** What lies on the disk of the data directory, what each day added, and when the disk is full. Sizes in bytes. */
export const disk = z.object({
  at: instant.meta({ description: 'When it was measured: each hour' }),
  bytes,
  parts: z.record(z.enum(DISK_PARTS), bytes),
  free: bytes.meta({ description: 'As of now' }),
  limit: bytes.nullable().meta({ description: '`limits.disk`; null when there is none' }),
  days: z.array(z.object({
    date: z.iso.date(),
    bytes,
    added: bytes.nullable().meta({ description: 'Less where something was removed; null where the day before is not known' }),
  })).meta({ description: 'The newest fourteen that are known, oldest first' }),
  forecast: z.discriminatedUnion('state', [
    z.object({ state: z.literal('unknown'), knownDays: z.int(), neededDays: z.int() }),
    z.object({ state: z.literal('steady') }),
    z.object({
      state: z.literal('full'),
      of: ends,
      perDay: z.number().meta({ description: 'Bytes, the mean of the last thirty days without the largest and the smallest' }),
      days: z.number(),
      at: instant,
    }),
    z.object({ state: z.literal('over'), of: ends }),
  ]).meta({ description: 'unknown: too few days are known; steady: it does not grow; full: it will be at the pace of the last days; over: it is' }),
  sentences: z.array(z.string()).meta({ description: 'The same for people' }),
});
export type Disk = z.output<typeof disk>;
