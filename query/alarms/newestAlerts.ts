import type { Alert } from '../../domain/alarm/alert.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { StoredAlerts } from '../../storage/table/alerts.ts';
import type { AlertDays, DayAlerts } from './alertDays.ts';
import { type AlertQuestion, isAskedFor, type PageQuestion } from '../facts.ts';
import { compareTexts } from '../order.ts';
import { type Page, pageOf, placeOf } from '../pages/page.ts';
import { Turns } from '../turns.ts';

/** The narrowest part of a day that is looked at, in ms. */
const LEAST_WINDOW_MS = 1000;
/** Windows that hold less than this part of a page are too narrow: the next is twice as wide. */
const TOO_FEW = 8;

type AlertPlace = readonly [time: number, pump: string, rule: string];

/**
 * Alerts, the newest first; those of one time by pump and rule. Walks the days with alerts back, a day of many alerts in
 * windows, so that a page costs what it shows and not what there is.
 */
export async function newestAlerts(
  table: StoredAlerts,
  days: AlertDays,
  { after, limit, ...question }: AlertQuestion & PageQuestion,
): Promise<Page<Alert>> {
  const place = after === undefined ? undefined : placeOf<AlertPlace>(after, ['number', 'string', 'string']);
  const to = Math.min(question.to ?? Infinity, place ? place[0] + 1 : Infinity);
  const { from = -Infinity } = question;
  const turns = new Turns();
  const found: Alert[] = [];
  for (const { day, alerts } of days.falling(dayOf(from), dayOf(to), question.pump)) {
    const asked = alerts.filter((each) => question.rule === undefined || each.countOf(question.rule) > 0);
    const first = Math.max(from, day * DAY_MS);
    let high = endBefore(asked, Math.min(to, (day + 1) * DAY_MS));
    let width = windowOf(asked, limit);
    while (high > first && found.length <= limit) {
      const low = Math.max(first, high - width);
      const window: Alert[] = [];
      for (const { pump } of asked.filter((each) => touches(each, low, high))) {
        for await (const piece of table.alerts({ pump, from: low, to: high })) {
          for (const alert of piece)
            if (isAskedFor(question, alert) && (!place || comparePlaces(placeOfAlert(alert), place) > 0)) window.push(alert);
        }
        await turns.next();
      }
      found.push(...window.sort((a, b) => comparePlaces(placeOfAlert(a), placeOfAlert(b))));
      high = endBefore(asked, low);
      if (TOO_FEW * window.length < limit) width *= 2;
    }
    if (found.length > limit) break;
  }
  return pageOf(found, limit, placeOfAlert);
}

/** How many alerts there are. Where a span of them lies across an end of the range, the alerts of that day are counted one by one. */
export async function countAlerts(table: StoredAlerts, days: AlertDays, question: AlertQuestion): Promise<number> {
  const { from = -Infinity, to = Infinity, pump, rule } = question;
  const turns = new Turns();
  let total = 0;
  for (const { day, alerts } of days.falling(dayOf(from), dayOf(to), pump)) {
    const whole = from <= day * DAY_MS && to >= (day + 1) * DAY_MS;
    for (const each of alerts) {
      if (whole) total += rule === undefined ? each.count : each.countOf(rule);
      else total += await countIn(table, each, question);
    }
    await turns.next();
  }
  return total;
}

/** How many of a pump-day's alerts are asked for, when only a part of the day is. */
async function countIn(table: StoredAlerts, { pump, day, spans }: DayAlerts, question: AlertQuestion): Promise<number> {
  const { from = -Infinity, to = Infinity, rule } = question;
  const asked = spans.filter((span) => (rule === undefined || span.rule === rule) && span.to >= from && span.from < to);
  const across = asked.some((span) => span.from < from || span.to >= to);
  if (!across) return asked.reduce((sum, { count }) => sum + count, 0);
  let count = 0;
  for await (const piece of table.alerts({ pump, from: Math.max(from, day * DAY_MS), to: Math.min(to, (day + 1) * DAY_MS) })) {
    for (const alert of piece) if (isAskedFor(question, alert)) count++;
  }
  return count;
}

/** The part of a day that will hold some more alerts than are shown, if they are spread evenly from the first to the last. */
function windowOf(alerts: readonly DayAlerts[], limit: number): number {
  let [count, first, last] = [0, Infinity, -Infinity];
  for (const { count: more, spans } of alerts) {
    count += more;
    for (const { from, to } of spans) [first, last] = [Math.min(first, from), Math.max(last, to)];
  }
  return Math.max(LEAST_WINDOW_MS, Math.ceil((last - first) * Math.min(1, (2 * (limit + 1)) / count)));
}

/** When the last alert before a time ends, as far as spans tell; -Infinity when there is none. */
function endBefore(alerts: readonly DayAlerts[], time: number): number {
  let end = -Infinity;
  for (const { spans } of alerts) {
    for (const { from, to } of spans) if (from < time) end = Math.max(end, Math.min(to + 1, time));
  }
  return end;
}

function touches({ spans }: DayAlerts, from: number, to: number): boolean {
  return spans.some((span) => span.to >= from && span.from < to);
}

function placeOfAlert({ time, pump, rule }: Alert): AlertPlace {
  return [time, pump, rule];
}

function comparePlaces(a: AlertPlace, b: AlertPlace): number {
  return b[0] - a[0] || comparePumps(a[1], b[1]) || compareTexts(a[2], b[2]);
}
