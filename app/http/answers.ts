import type { Alert } from '../../domain/alarm/alert.ts';
import type { AlertRun } from '../../domain/alarm/alertRun.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import { byMeasure, MEASURES } from '../../domain/reading/measures.ts';
import { enrich } from '../../domain/alarm/enriched.ts';
import {
  type Maintenance,
  type MaintenanceEvent,
  maintenanceEvent,
  pumpDetails,
  type Reference,
} from '../../domain/pump/reference.ts';
import type { MeasureStats } from '../../domain/day/dayStats.ts';
import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';
import type { DayFacts, PumpDetail as Detail, PumpFacts, PumpReading } from '../../query/facts.ts';
import type { AlertItem, AlertRunItem } from './schemas/alerts.ts';
import type { LastReadingsAnswer, Pump, PumpDetail, Reading } from './schemas/pumps.ts';
import type { DayStatsItem } from './schemas/stats.ts';

/* What the table and the reference know, as the API says it. */

/** A pump in the list. */
export function pumpAnswer({ pump, known, vendor, maintenance, last, active, alarms }: PumpFacts): Pump {
  return {
    pump, known,
    vendor: vendor && pumpDetails(vendor),
    lastMaintenance: lastOf(maintenance),
    last: last && readingAnswer(last),
    active: active.map(({ rule, from, readings, worst }) => ({ rule, since: formatTime(from), count: readings, worst: worst === null ? null : finite(worst) })),
    alerts: alarms,
  };
}

/** One pump, with its history. */
export function pumpDetailAnswer(detail: Detail): PumpDetail {
  return {
    ...pumpAnswer(detail),
    maintenance: detail.maintenance.map(maintenanceEvent),
    from: detail.first === null ? null : formatTime(detail.first),
  };
}

/** Alerts, joined. What they are joined with is made once for each pump, whose whole history it is. */
export function alertAnswers(reference: Reference): (alert: Alert) => AlertItem {
  const joined = new Map<string, Pick<AlertItem, 'known' | 'vendor' | 'maintenance'>>();
  return (alert) => {
    const { pump, time, rule, measure, value, threshold } = alert;
    const facts = joined.get(pump) ?? joinedFacts(alert, reference);
    joined.set(pump, facts);
    return { pump, at: formatTime(time), rule, measure, value: finite(value), threshold, ...facts };
  };
}

function joinedFacts(alert: Alert, reference: Reference): Pick<AlertItem, 'known' | 'vendor' | 'maintenance'> {
  const { known, vendor, maintenance } = enrich(alert, reference);
  return { known, vendor: vendor && pumpDetails(vendor), maintenance: maintenance.map(maintenanceEvent) };
}

/** A run of alerts, joined. */
export function alertRunAnswer({ from, to, worst, receivedAt, ...run }: AlertRun & { readonly priority: Priority | null }, reference: Reference): AlertRunItem {
  const { pump, rule, measure, priority, comparison, threshold, count } = run;
  const vendor = reference.pumps.get(pump) ?? null;
  return {
    pump, rule, measure, priority, comparison, threshold,
    from: formatTime(from), to: formatTime(to),
    active: true, count,
    worst: finite(worst),
    receivedAt: new Date(receivedAt).toISOString(),
    known: vendor !== null,
    vendor: vendor && pumpDetails(vendor),
    lastMaintenance: lastOf(reference.maintenance.get(pump) ?? []),
  };
}

/** A pump-day. */
export function dayAnswer({ pump, day, stats, state, alerts }: DayFacts): DayStatsItem {
  const ranges = byMeasure((_, column) => (stats ? rangeAnswer(stats.measures[column], stats.count) : null));
  return { pump, date: formatDay(day), count: stats?.count ?? null, ...ranges, state, alerts };
}

/** A number, or null for what JSON has none for, such as a mean whose sum overflowed. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function rangeAnswer({ count, min, max, avg }: MeasureStats, all: number): DayStatsItem['psi'] {
  return { min: finite(min), max: finite(max), avg: finite(avg), ...(count !== all && { count }) };
}

function readingAnswer({ time, values }: PumpReading): Reading {
  return { at: formatTime(time), ...byMeasure((_, column) => finite(values[column])) };
}

/** A pump's last reading, in few bytes. */
export function lastReadingAnswer({ pump, last }: { readonly pump: string; readonly last: PumpReading | null }): LastReadingsAnswer['items'][number] {
  return { pump, at: last && formatTime(last.time), psi: last && finite(last.values[MEASURES.indexOf('psi')]) };
}

/** What was done last; `history` is oldest first. */
export function lastOf(history: readonly Maintenance[]): MaintenanceEvent | null {
  const last = history.at(-1);
  return last ? maintenanceEvent(last) : null;
}
