import { formatTime } from '../reading/wallClock.ts';

/** `02:51`, with its date when that is not today's. Wall times. */
export function clock(time: number, now: number): string {
  const [date, minute] = [formatTime(time).slice(0, 10), formatTime(time).slice(11, 16)];
  return Number.isNaN(now) || formatTime(now).slice(0, 10) !== date ? `${date} ${minute}` : minute;
}

/** `01:44 to 01:45 (1 min)`; a date stands once. */
export function span(begin: number, end: number, now: number): string {
  const isOneDay = formatTime(begin).slice(0, 10) === formatTime(end).slice(0, 10);
  return `${clock(begin, now)} to ${clock(end, isOneDay ? end : now)} (${length(end - begin)})`;
}

/** `4 min`, `2 h 5 min`, `3 d`: as people say it. */
export function length(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
