import { DAY_MS } from '../reading/wallClock.ts';
import { bytesOf, type DiskDay, type DiskUse, type Forecast, type Room } from './diskUse.ts';

/** Fewer days say nothing of a pace: one import, or one day off, would decide. */
const NEEDED_DAYS = 4;
/** A pace is that of this many days. */
const LOOKED_AT = 30;
const SHOWN_DAYS = 14;
/** Less than this a day is no growth: a page more in the table, a log that turned. */
const STEADY_BYTES = 4096;

/** How the disk is, out of the days that are known, oldest first and at least one, and the room just now. */
export function diskUseOf(days: readonly DiskDay[], room: Room): DiskUse {
  const last = days.at(-1)!;
  return {
    at: new Date(last.at).toISOString(),
    bytes: bytesOf(last),
    parts: last.parts,
    free: room.free,
    limit: room.limit === Infinity ? null : room.limit,
    days: days.map((day, i) => ({ date: day.date, bytes: bytesOf(day), added: addedSince(days[i - 1], day) })).slice(-SHOWN_DAYS),
    forecast: forecast(days, room),
  };
}

/** What a day added; null where the day before is not known. */
function addedSince(before: DiskDay | undefined, day: DiskDay): number | null {
  if (!before || Date.parse(day.date) - Date.parse(before.date) !== DAY_MS) return null;
  return bytesOf(day) - bytesOf(before);
}

/**
 * When the disk is full: whichever comes first of the limit at our own pace, and the disk at our pace or that of everything on it,
 * whichever is faster. Days before the disk was changed for one of another size say nothing of all else on it.
 */
function forecast(days: readonly DiskDay[], { free, limit }: Room): Forecast {
  const last = days.at(-1)!;
  const left = limit - bytesOf(last);
  if (free <= 0) return { state: 'over', of: 'disk' };
  if (left <= 0) return { state: 'over', of: 'limit' };
  const known = days.slice(-LOOKED_AT);
  const own = pace(known.map((day) => ({ at: day.at, bytes: bytesOf(day) })));
  if (own === undefined) return { state: 'unknown', knownDays: known.length, neededDays: NEEDED_DAYS };
  const all = pace(known.filter(({ total }) => total === last.total).map(({ at, used }) => ({ at, bytes: used }))) ?? own;
  const ends = [{ of: 'limit' as const, room: left, perDay: own }, { of: 'disk' as const, room: free, perDay: Math.max(own, all) }]
    .filter(({ perDay, room }) => perDay > STEADY_BYTES && room < Infinity)
    .map((end) => ({ ...end, days: end.room / end.perDay }))
    .sort((a, b) => a.days - b.days);
  const [first] = ends;
  if (!first) return { state: 'steady' };
  const { of, perDay, days: inDays } = first;
  return { state: 'full', of, perDay, days: inDays, at: new Date(Math.min(last.at + inDays * DAY_MS, MOST_MS)).toISOString() };
}

/** The end of year 9999: later is not told. */
const MOST_MS = 253_402_300_799_999;

/**
 * Bytes a day: the mean of what came from one known day to the next, without the largest and the smallest of these steps, so that a single
 * import, or a folder that somebody emptied, decides nothing. Undefined where too few days are known, or they lie too close together.
 */
function pace(points: readonly { readonly at: number; readonly bytes: number }[]): number | undefined {
  if (points.length < NEEDED_DAYS || points.at(-1)!.at - points[0].at < (NEEDED_DAYS - 1.5) * DAY_MS) return undefined;
  const steps = points.slice(1).map(({ at, bytes }, i) => ({ bytes: bytes - points[i].bytes, days: (at - points[i].at) / DAY_MS }));
  steps.sort((a, b) => a.bytes / a.days - b.bytes / b.days);
  const usual = steps.slice(1, -1);
  return usual.reduce((sum, { bytes }) => sum + bytes, 0) / usual.reduce((sum, { days }) => sum + days, 0);
}
