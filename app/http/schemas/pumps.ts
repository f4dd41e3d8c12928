import { z } from 'zod';
import { byMeasure } from '../../../domain/reading/measures.ts';
import { pageFields, pumpId, value, wallTime } from './values.ts';

/** What the vendor file says. */
export const vendor = z.object({
  type: z.string(),
  purchased: z.string(),
  inService: z.string(),
  vendor: z.string(),
  latitude: z.number(),
  longitude: z.number(),
});
export type Vendor = z.output<typeof vendor>;

export const maintenance = z.object({ date: z.string(), technician: z.string(), description: z.string() });
export type MaintenanceEvent = z.output<typeof maintenance>;

/** Whom to call about a pump. */
export const contact = z.object({
  name: z.string(),
  role: z.enum(['technician', 'vendor']).meta({ description: 'Who was there last, or who made it' }),
  phone: z.string().nullable().meta({ description: 'null where reference.contacts does not have it' }),
  mail: z.string().nullable(),
  date: z.string().nullable().meta({ description: 'When the technician was last there; null of a vendor' }),
});

/** A reading without its pump. */
export const reading = z.object({ at: wallTime, ...byMeasure(() => value) });
export type Reading = z.output<typeof reading>;

/** A pump in the list. */
export const pump = z.object({
  pump: pumpId,
  known: z.boolean().meta({ description: 'Whether the vendor file lists it' }),
  vendor: vendor.nullable(),
  lastMaintenance: maintenance.nullable(),
  last: reading.nullable().meta({ description: 'The reading with the latest time; null when there is none, or while the store is away' }),
  active: z
    .array(z.object({ rule: z.string(), since: wallTime, count: z.number().int(), worst: value }))
    .meta({ description: 'Alarms that go on; count is how many readings are beyond the limit' }),
  alerts: z
    .object({ day: z.number().int(), week: z.number().int() })
    .meta({ description: 'Alarms that go on, or touch the last 24 h or 7 days' }),
});
export type Pump = z.output<typeof pump>;

export const pumpList = z.object({
  items: z.array(pump),
  total: z.number().int().meta({ description: 'How many there are for these filters just now' }),
  active: z.number().int().meta({ description: 'How many of all have alarms that go on' }),
  ...pageFields,
});

/** The last reading of each pump, in few bytes. */
export const lastReadings = z.object({
  items: z.array(z.object({ pump: pumpId, at: wallTime.nullable(), psi: value })).meta({ description: 'All pumps, in order of their ids' }),
});
export type LastReadingsAnswer = z.output<typeof lastReadings>;

/** One pump with its whole history. */
export const pumpDetail = pump.extend({
  maintenance: z.array(maintenance).meta({ description: 'Oldest first' }),
  from: wallTime.nullable().meta({ description: 'Time of the first reading' }),
});
export type PumpDetail = z.output<typeof pumpDetail>;
