import { now, siteClock, siteNow } from './clock.ts';
import { duration, lasting } from './format.ts';
import { me } from './session.ts';

/*
 * Two kinds of time. Wall times are the data's: the site's wall clock, as text or as ms counted as if every day had
 * 24 hours. Instants are the process's: moments in UTC. Both are shown on the site's wall clock.
 */

const DAY_MS = 86_400_000;
/** Clocks may differ by so much. */
const AHEAD_MS = 300_000;

/** The wall time in ms of `2014-03-14T12:00:00` or `2014-03-14`. */
export function wallMs(text: string): number {
  return Date.parse(text.length > 10 ? `${text}Z` : text);
}

/** The first and the last wall time that have a year of four digits. */
const [EARLIEST, LATEST] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')];

/** `2014-03-14T12:00:00[.250]` of a wall time in ms: as the API takes it, from the year 0000 to 9999. */
export function wallText(ms: number): string {
  return new Date(Math.min(LATEST, Math.max(EARLIEST, ms))).toISOString().replace(/(\.000)?Z$/, '');
}

/** `2014-03-14 12:00`, with seconds only where there are some, and no parts of them: as people read a wall time. */
export function wallShort(wall: string | number): string {
  const text = wallFull(wall).slice(0, 19);
  return text.endsWith(':00') && text.length === 19 ? text.slice(0, 16) : text;
}

function wallFull(wall: string | number): string {
  return (typeof wall === 'string' ? wall : wallText(wall)).replace('T', ' ');
}

/** A wall time with the site's zone, for titles. */
export function wallExact(wall: string | number): string {
  return `${wallFull(wall)} (${me.value.timezone})`;
}

/** The wall time, in ms, of an instant at the site. */
export function siteTime(instant: string | number): number {
  return siteClock.value(typeof instant === 'string' ? Date.parse(instant) : instant);
}

/** `14:03:20` today, otherwise with the date: an instant on the site's clock, to the second. */
export function instantShort(instant: string | number): string {
  const text = wallText(siteTime(instant)).slice(0, 19).replace('T', ' ');
  return text.slice(0, 10) === wallText(siteNow.value).slice(0, 10) ? text.slice(11) : text;
}

/** `3 min` for what is less than a day old, `undefined` for the rest. Moves with the clock. */
export function wallAge(wall: string): string | undefined {
  const age = siteNow.value - wallMs(wall);
  return age < -60_000 || age >= DAY_MS ? undefined : lasting(Math.max(1000, age));
}

/** `3 min ago` for what is less than a day old, `undefined` for the rest. */
export function wallAgo(wall: string): string | undefined {
  const age = wallAge(wall);
  return age && ago(age);
}

/** Whether a last reading of this wall time still speaks of now; otherwise its pump is silent. */
export function isFresh(wall: string): boolean {
  return siteNow.value - wallMs(wall) < me.value.holdMs;
}

/** Whether a wall time lies in the future: the clock of whoever reported it is ahead, and what it says is not of now. */
export function isAhead(wall: string): boolean {
  return wallMs(wall) - siteNow.value > AHEAD_MS;
}

/** How long something lasts that goes on: to now while its readings come, otherwise to its last reading, the last that is known. */
export function lastedMs(from: string, to: string): number {
  return (isFresh(to) && !isAhead(to) ? siteNow.value : wallMs(to)) - wallMs(from);
}

/** `3 min ago` of an instant, whatever its age. */
export function instantAgo(instant: string | number): string {
  return ago(duration(Math.max(1000, now.value - (typeof instant === 'string' ? Date.parse(instant) : instant))));
}

/** Seconds are not counted below ten: the clock of this page moves no more often. */
function ago(age: string): string {
  return /^\d(\.\d+)? s$/.test(age) ? 'just now' : `${age} ago`;
}
