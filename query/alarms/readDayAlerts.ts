import type { Alert } from '../../domain/alarm/alert.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredAlerts } from '../../storage/table/alerts.ts';
import type { StoredPumps } from '../../storage/table/pumps.ts';
import { type AlertSpan, DayAlerts } from './alertDays.ts';
import { alertPages } from './alertPages.ts';
import type { Turns } from '../turns.ts';

/** What is to be read. */
export interface DaysOfPump {
  readonly pump: string;
  /** Rising. */
  readonly days: readonly number[];
}

/** Alerts of a rule that are no farther apart than this are one span, ms. */
const APART_MS = 600_000;

/** The alerts of those of a pump's days that have any, in order of days. */
export async function* alertsByDay(
  table: StoredAlerts & StoredPumps,
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
export function countDay(alerts: readonly Alert[]): DayAlerts {
  let oldest = Infinity;
  for (const { receivedAt } of alerts) oldest = Math.min(oldest, receivedAt);
  return new DayAlerts({ pump: alerts[0].pump, day: dayOf(alerts[0].time), oldest, spans: spansOf(alerts) });
}

function spansOf(alerts: readonly Alert[]): AlertSpan[] {
  const spans: AlertSpan[] = [];
  const last = new Map<string, number>();
  for (const { rule, time } of alerts) {
    const at = last.get(rule);
    if (at !== undefined && time - spans[at].to <= APART_MS) spans[at] = { ...spans[at], to: time, count: spans[at].count + 1 };
    else last.set(rule, spans.push({ rule, from: time, to: time, count: 1 }) - 1);
  }
  return spans;
}
