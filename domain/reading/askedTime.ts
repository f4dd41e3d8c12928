import { DURATION_UNITS } from '../duration.ts';
import { DAY_MS, dayOf, formatDay, formatTime, isDate } from './wallClock.ts';

const SECOND_MS = 1000;
const WORDS: Readonly<Record<string, number>> = { today: 0, yesterday: -1, tomorrow: 1 };

/**
 * A time as people write it, in the form that everything else takes: `-24h` and `now` count from now on the site's wall clock,
 * `yesterday` is a date, `3/14/14 12:00` is the form of the readings, and a blank may stand for the T. Any other text stays.
 */
export function plainTime(text: string, wallNow: number): string {
  const asked = text.trim().toLowerCase();
  if (asked === 'now') return formatTime(Math.floor(wallNow / SECOND_MS) * SECOND_MS);
  if (Object.hasOwn(WORDS, asked)) return formatDay(dayOf(wallNow) + WORDS[asked]);
  const [, count, unit] = /^-(\d+)(ms|s|m|h|d)$/.exec(asked) ?? [];
  if (count !== undefined) return formatTime(Math.floor((wallNow - Number(count) * DURATION_UNITS[unit]) / SECOND_MS) * SECOND_MS);
  const [, date, clock] = /^(\S+?)(?:[ T](\d{1,2}:.*))?$/i.exec(text.trim()) ?? [];
  const day = date === undefined ? undefined : plainDate(date);
  if (day === undefined) return text;
  return clock === undefined ? day : `${day}T${clock.padStart(clock.indexOf(':') === 1 ? clock.length + 1 : 0, '0')}`;
}

/** `2014-03-14` of that or of `3/14/14`: month, day, year. */
function plainDate(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const [, month, day, year] = (/^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text) ?? []).map(Number);
  const full = year < 100 ? 2000 + year : year;
  return year !== undefined && isDate(full, month, day) ? formatDay(Math.floor(Date.UTC(full, month - 1, day) / DAY_MS)) : undefined;
}
