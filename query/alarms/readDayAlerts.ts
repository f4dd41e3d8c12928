import type { Alert } from '../../domain/alarm/alert.ts';
import { isStoreUnavailable } from '../../domain/errors.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredAlerts } from '../../storage/table/alerts.ts';
import type { StoredPumps } from '../../storage/table/pumps.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import type { DayAlerts } from './alertDays.ts';
import { alertPages } from './alertPages.ts';
import { PieceFold } from '../../domain/alarm/pieceFold.ts';
import type { OccurrencePart } from '../../domain/alarm/occurrence.ts';
import type { Turns } from '../turns.ts';

/** What is to be read. */
export interface DaysOfPump {
  readonly pump: string;
  /** Rising. */
  readonly days: readonly number[];
}

/** A pump-day's alerts without its occurrences. */
export type CountedDay = Omit<DayAlerts, 'runs'>;

/** The alerts of those of a pump's days that have any, in order of days. */
export async function* alertsByDay(
  table: StoredReadings & StoredAlerts & StoredPumps,
  { pump, days }: DaysOfPump,
  turns: Turns,
): AsyncGenerator<Alert[]> {
  const wanted = new Set(days);
  let day: Alert[] = [];
  for await (const page of alertPages(table, { pump, from: days[0] * DAY_MS, to: (days[days.length - 1] + 1) * DAY_MS })) {
    for (const alert of page) {
      const number = dayOf(alert.time);
      if (!wanted.has(number)) continue;
      if (day.length > 0 && dayOf(day[0].time) !== number) {
        yield day;
        day = [];
      }
      day.push(alert);
    }
    await turns.next();
  }
  if (day.length > 0) yield day;
}

/** What is remembered of a day's alerts, in order of time; there is at least one. */
export function countDay(alerts: readonly Alert[]): CountedDay {
  const byRule = new Map<string, number>();
  let oldest = Infinity;
  for (const { rule, receivedAt } of alerts) {
    byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
    oldest = Math.min(oldest, receivedAt);
  }
  return { pump: alerts[0].pump, day: dayOf(alerts[0].time), count: alerts.length, byRule, oldest };
}

/**
 * The occurrences of a day's alerts; reads the day's readings. Readings later than `newest` are left out: they came after
 * the alerts had been read, and whether they raise any is not known yet. Undefined when the store is away.
 */
export async function readRuns(
  table: StoredReadings & StoredAlerts & StoredPumps,
  alerts: readonly Alert[],
  { newest, turns }: { readonly newest: number; readonly turns: Turns },
): Promise<OccurrencePart[] | undefined> {
  const { pump, time } = alerts[0];
  const day = dayOf(time);
  const fold = new PieceFold(alerts);
  try {
    for await (const piece of table.readings(pump, { from: day * DAY_MS, to: Math.min((day + 1) * DAY_MS, newest + 1) })) {
      fold.take(piece.time, piece.length);
      await turns.next();
    }
    return fold.end();
  } catch (error) {
    if (isStoreUnavailable(error)) return undefined;
    throw error;
  }
}
