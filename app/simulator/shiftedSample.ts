import { DAY_MS, dayNumber, formatDay, parseDay, parseTime } from '../../domain/reading/wallClock.ts';

/** The last day of the packaged sample, and the wall time of its last readings. */
const LAST_DAY = parseDay('2026-10-07')!;
const END = parseTime('2026-10-07T23:59')!;

const MINUTE_MS = 60_000;

/**
 * Sample readings as if they had ended just now: every time is moved by the same whole number of minutes, values stay as they are.
 * `now` is the site's wall time, ms.
 */
export function readingsUpTo(now: number, csv: string): string {
  const by = Math.floor((now - END) / MINUTE_MS) * MINUTE_MS;
  let [known, moved] = ['', ''];
  return csv.replace(/^([^,]*,)([^,]*,[^,]*)/gm, (_line, pump: string, when: string) => {
    // All pumps report at once: one time is moved for ten rows.
    if (when !== known) [known, moved] = [when, movedTime(when, by)];
    return pump + moved;
  });
}

/** Maintenance as if the last day of the sample were today: what is told of a failure stays on its day. */
export function maintenanceUpTo(now: number, csv: string): string {
  const by = Math.floor(now / DAY_MS) - LAST_DAY;
  return csv.replace(/^([^,]*,)([^,]*)/gm, (_line, pump: string, date: string) => pump + usDate(dayOf(date) + by));
}

function movedTime(when: string, by: number): string {
  const [date, clock] = when.split(',');
  const [hours, minutes] = clock.split(':').map(Number);
  const time = dayOf(date) * DAY_MS + (hours * 60 + minutes) * MINUTE_MS + by;
  const inDay = new Date(time); // a wall time, read as if it were UTC
  return `${usDate(Math.floor(time / DAY_MS))},${inDay.getUTCHours()}:${String(inDay.getUTCMinutes()).padStart(2, '0')}`;
}

/** `10/7/26`. */
function dayOf(date: string): number {
  const [month, day, year] = date.split('/').map(Number);
  return dayNumber(2000 + year, month, day);
}

function usDate(day: number): string {
  const [year, month, date] = formatDay(day).split('-').map(Number);
  return `${month}/${date}/${year % 100}`;
}
