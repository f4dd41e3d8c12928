import type { CountedAlarm, Kpi } from '../../domain/alarm/kpis/kpi.ts';
import { alarmReport } from '../../domain/alarm/kpis/report.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import { Turns } from '../turns.ts';
import type { ActBook } from './actBook.ts';
import type { AlarmSource } from './desk.ts';

/** The days that a report is about by default: a month, as the standards ask for. */
const DAYS = 30;

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
export async function siteReport(book: ActBook, source: AlarmSource<CountedAlarm>, { fromDay, toDay }: ReportDays): Promise<Kpi[]> {
  const turns = new Turns();
  const alarms: CountedAlarm[] = [];
  for (const pump of await source.pumps()) {
    alarms.push(...(await source.alarmsOf(pump)));
    await turns.next();
  }
  return alarmReport(
    {
      alarms, acts: book.byPump, now: book.now(),
      questionFor: (alarm) => book.questionFor(alarm),
      wallAt: (instant) => book.clock.wallTimeAt(instant),
    },
    { from: fromDay * DAY_MS, to: Math.min((toDay + 1) * DAY_MS, Math.max(fromDay * DAY_MS + 1, book.clock.wallTimeAt(book.now()))) },
  );
}

/** A figure as JSON says it, `kpi` first. */
export function kpiJson({ id, name, value, unit, target, met, source, details }: Kpi) {
  return { kpi: id, name, value, unit, target, met, source, details };
}
