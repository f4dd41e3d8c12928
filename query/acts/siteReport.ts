import type { CountedAlarm, Kpi, ReportRange } from '../../domain/alarm/kpis/kpi.ts';
import { alarmReport } from '../../domain/alarm/kpis/report.ts';
import type { DeliveryFacts } from '../../domain/alarm/kpis/response.ts';
import { type Delivery, figuresOf } from '../../domain/notify/deliveries.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import { Turns } from '../turns.ts';
import type { ActBook } from './actBook.ts';
import type { AlarmSource } from './desk.ts';

/** The days that a report is about by default: a month, as the standards ask for. */
const DAYS = 30;

/** What a report is made of. */
export interface ReportSources {
  readonly book: ActBook;
  readonly source: AlarmSource<CountedAlarm>;
  /** How telling went, as the outbox has it. */
  readonly deliveries: readonly Delivery[];
}

/** Day numbers, both included. */
export interface ReportDays {
  readonly fromDay: number;
  readonly toDay: number;
}

/** The days of a report: those that were asked for, or the 30 up to today, or up to the last one. */
export function reportDays(
  book: ActBook,
  { fromDay, toDay }: { readonly fromDay?: number | undefined; readonly toDay?: number | undefined },
): ReportDays {
  const last = toDay ?? Math.max(fromDay ?? -Infinity, dayOf(book.clock.wallTimeAt(book.now())));
  return { fromDay: fromDay ?? last - DAYS + 1, toDay: last };
}

/** The figures of a site's alarms in these days. Throws STORE_UNAVAILABLE. */
export async function siteReport(
  { book, source, deliveries }: ReportSources, { fromDay, toDay }: ReportDays,
): Promise<Kpi[]> {
  const turns = new Turns();
  const alarms: CountedAlarm[] = [];
  for (const pump of await source.pumps()) {
    alarms.push(...(await source.alarmsOf(pump)));
    await turns.next();
  }
  const range = { from: fromDay * DAY_MS, to: Math.min((toDay + 1) * DAY_MS, Math.max(fromDay * DAY_MS + 1, book.clock.wallTimeAt(book.now()))) };
  return alarmReport(
    {
      alarms, acts: book.byPump, now: book.now(),
      questionFor: (alarm) => book.questionFor(alarm),
      wallAt: (instant) => book.clock.wallTimeAt(instant),
      delivery: deliveryIn(deliveries, range, (instant) => book.clock.wallTimeAt(instant)),
    },
    range,
  );
}

/** How telling went in the hours of a range of wall times. */
function deliveryIn(deliveries: readonly Delivery[], { from, to }: ReportRange, wallAt: (instant: number) => number): DeliveryFacts {
  const own = deliveries.filter(({ hour }) => from <= wallAt(hour) && wallAt(hour) < to);
  const channels: Record<string, { sent: number; givenUp: number }> = {};
  for (const { channel, sent, failed } of own) {
    const before = channels[channel] ?? { sent: 0, givenUp: 0 };
    channels[channel] = { sent: before.sent + sent, givenUp: before.givenUp + failed };
  }
  return { ...figuresOf(own), channels };
}

/** A figure as JSON says it, `kpi` first. */
export function kpiJson({ id, name, value, unit, target, met, source, details }: Kpi) {
  return { kpi: id, name, value, unit, target, met, source, details };
}
