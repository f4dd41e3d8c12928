import { z } from 'zod';
import { act } from './acts.ts';
import { alertRun } from './alerts.ts';
import { batch, receiver, windows } from './streaming.ts';
import { instant, pumpId, wallTime } from './values.ts';

/**
 * What `/api/v1/stream` sends, by the name of the event. `id` of an event is where a client goes on after a break
 * (`Last-Event-ID`). `reset` says that events are missing in between: load anew.
 */
export const events = {
  /**
   * Alarms, or what may become one, that have new alerts, each as a whole. What turns out to be something else half a second later comes
   * again. At most ten of a pump and rule at a time, the newest. Joined.
   */
  alerts: z.object({
    runs: z.array(
      alertRun
        .omit({ active: true, priority: true, receivedAt: true })
        .extend({ value: z.number().nullable().meta({ description: 'Of the last reading' }) }),
    ),
  }),
  /** Somebody did something about alarms, or a start found other rules. */
  act,
  withdrawn: z.object({ alerts: z.array(z.object({ pump: pumpId, at: wallTime, rule: z.string() })) }),
  window: windows,
  batch,
  receiver,
  store: z.object({ away: z.object({ since: instant, reason: z.string() }).nullable() }),
  /** What was told and is not stored yet is something else now: `alerts/unstored` has it. */
  unstored: z.object({ total: z.number().int() }),
  /** Every three seconds: the connection lives. It has no id. */
  heartbeat: z.object({}),
  reset: z.object({}),
} as const;
export type EventName = keyof typeof events;
export type LiveEvent = {
  readonly [Name in EventName]: { readonly event: Name; readonly data: z.output<(typeof events)[Name]> };
}[EventName];
