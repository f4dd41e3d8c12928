import { formatTime, parseDay, parseTime } from './wallClock.ts';

/**
 * Row keys of the wide-column table. A reading's is `PUMP_YYYY-MM-DD_HH:mm`, with `:ss` and `.mmm` only
 * when not zero; a pump-day's is `PUMP_YYYY-MM-DD`. They sort by pump, then time. A pump id may hold `_`,
 * so a key is read from the right.
 */
export function readingKey(pump: string, time: number): string {
  const iso = formatTime(time);
  const clock = iso.slice(11);
  return `${pump}_${iso.slice(0, 10)}_${clock.endsWith(':00') ? clock.slice(0, 5) : clock}`;
}

/** The key of a pump-day; `date` is `YYYY-MM-DD`. */
export function dayKey(pump: string, date: string): string {
  return `${pump}_${date}`;
}

/** Pump and wall time of a reading's key, or undefined when it is none. */
export function parseReadingKey(key: string): { pump: string; time: number } | undefined {
  const match = /^(.+)_(\d{4}-\d{2}-\d{2})_(\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?)$/su.exec(key);
  if (!match) return undefined;
  const time = parseTime(`${match[2]}T${match[3]}`);
  return time === undefined ? undefined : { pump: match[1], time };
}

/** Pump and day number of a pump-day's key, or undefined when it is none. */
export function parseDayKey(key: string): { pump: string; day: number } | undefined {
  const match = /^(.+)_(\d{4}-\d{2}-\d{2})$/su.exec(key);
  const day = match ? parseDay(match[2]) : undefined;
  return match && day !== undefined ? { pump: match[1], day } : undefined;
}
