import type { Alert } from '../../domain/alarm/alert.ts';
import type { DayStats } from '../../domain/day/dayStats.ts';
import { isUnknown, MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import type { EnrichedAlert } from '../../domain/alarm/enriched.ts';
import { type Maintenance, maintenanceEvent, type Pump, pumpDetails } from '../../domain/pump/reference.ts';
import { instantText, type Reject } from '../../domain/reading/reject.ts';
import { formatDay, formatTime } from '../../domain/reading/wallClock.ts';

/*
 * The JSON lines of the command line: a contract. Keys come in the order written here, numbers as the
 * shortest text that gives the same double (also -0, which JSON.stringify would make 0).
 */

/** One alert, joined: `{"pump":…,"at":…,"rule":…,"measure":…,"value":…,"threshold":…,"known":…,"vendor":…,"maintenance":[…]}`. */
export function alertLine(alert: EnrichedAlert): string {
  const { known, vendor, maintenance } = alert;
  return `${alertHead(alert)},"known":${known},"vendor":${vendorJson(vendor)},"maintenance":${maintenanceJson(maintenance)}}`;
}

/** An alert's own facts, without the closing brace: the rest is the same for all of a pump. */
export function alertHead({ pump, time, rule, measure, value, threshold }: Alert): string {
  const what = `"rule":${JSON.stringify(rule)},"measure":"${measure}"`;
  const values = `"value":${numberText(value)},"threshold":${numberText(threshold)}`;
  return `{"pump":${JSON.stringify(pump)},"at":"${formatTime(time)}",${what},${values}`;
}

/** The vendor file's facts of a pump, or `null`. */
export function vendorJson(pump: Pump | null): string {
  return JSON.stringify(pump && pumpDetails(pump));
}

/** A maintenance history, oldest first. */
export function maintenanceJson(history: readonly Maintenance[]): string {
  return JSON.stringify(history.map(maintenanceEvent));
}

/** One reading: `{"pump":…,"at":…,"hz":…,…,"chlPPM":…}`; null where a cell is missing. */
export function readingLine(readings: Readings, row: number): string {
  return `{"pump":${JSON.stringify(readings.names[readings.pump[row]])},${valuesJson(readings, row)}}`;
}

/** `"at":…,"hz":…,…` of a row, without braces. */
export function valuesJson(readings: Readings, row: number): string {
  let json = `"at":"${formatTime(readings.time[row])}"`;
  for (let i = 0; i < MEASURES.length; i++) json += `,"${MEASURES[i]}":${numberText(readings.values[i][row])}`;
  return json;
}

/**
 * One pump-day: `{"pump":…,"date":…,"count":…,"hz":{"min":…,"max":…,"avg":…},…}`. A measure that some of its readings lack says
 * `"count":…` of its own after that.
 */
export function statsLine({ pump, day, count, measures }: DayStats): string {
  const parts = measures.map(
    ({ count: own, min, max, avg }, i) =>
      `"${MEASURES[i]}":{"min":${numberText(min)},"max":${numberText(max)},"avg":${numberText(avg)}${own === count ? '' : `,"count":${own}`}}`,
  );
  return `{"pump":${JSON.stringify(pump)},"date":"${formatDay(day)}","count":${count},${parts.join(',')}}`;
}

/** One reject: `{"source":…,"line":…,"reason":…,"raw":…,"at":…}`; `at`, its receipt, is UTC, or null where an older version kept it. */
export function rejectLine({ source, line, reason, raw, receivedAt, replayed }: Reject): string {
  const told = replayed ? { ...replayed, at: instantText(replayed.at) } : null;
  return JSON.stringify({ source, line, reason, raw, at: instantText(receivedAt), replayed: told });
}

/** The same for people: `–` where there is none. */
export function valueText(value: number): string {
  return isUnknown(value) ? '–' : numberText(value);
}

/**
 * The shortest decimal that is the same double, as JSON and CSV readers take it. `null` stands for what JSON has no number
 * for: a missing cell, a mean whose sum overflowed.
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  return Object.is(value, -0) ? '-0' : String(value);
}
