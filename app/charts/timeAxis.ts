const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

/** Distances of ticks that people count in; months and years are walked along the calendar. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500,
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, MONTH, 3 * MONTH, 6 * MONTH,
  YEAR, 2 * YEAR, 5 * YEAR, 10 * YEAR,
];

/** Ticks of an axis of wall times. */
export interface TimeTicks {
  /** Wall times in ms, rising. */
  readonly times: readonly number[];
  /** Their distance in ms; for months and years the nominal one. */
  readonly step: number;
}

/** At most `most` ticks at round wall times from `from` to `to`. No zone is asked: wall times are counted as if in UTC. */
export function timeTicks(from: number, to: number, most: number): TimeTicks {
  const least = (to - from) / Math.max(1, most);
  const step = STEPS.find((candidate) => candidate >= least) ?? Math.ceil(least / (10 * YEAR)) * 10 * YEAR;
  return {
    times:
      step >= MONTH
        ? calendarTicks(from, to, step >= YEAR ? Math.round(step / YEAR) * 12 : Math.round(step / MONTH))
        : evenTicks(from, to, step),
    step,
  };
}

function evenTicks(from: number, to: number, step: number): number[] {
  // Day 4 was a Monday: weeks begin there.
  const origin = step === 7 * DAY ? 4 * DAY : 0;
  const times: number[] = [];
  for (let time = Math.ceil((from - origin) / step) * step + origin; time <= to; time += step) times.push(time);
  return times;
}

function calendarTicks(from: number, to: number, months: number): number[] {
  const start = new Date(from);
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const times: number[] = [];
  for (let month = Math.ceil(first / months) * months; ; month += months) {
    // Date.UTC takes the years 0 to 99 for those of the last century.
    const time = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    if (time > to) return times;
    if (time >= from) times.push(time);
  }
}

const dayText = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthText = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** What stands at each tick: the time of day, and below it the date where it is news; or the date, the month, the year. */
export function tickLabels({ times, step }: TimeTicks): string[] {
  return times.map((time, index) => {
    if (step >= YEAR) return String(new Date(time).getUTCFullYear());
    if (step >= MONTH) return monthText.format(time);
    const first = index === 0;
    const day = first || yearOf(time) !== yearOf(times[index - 1]) ? `${dayText.format(time)}\n${yearOf(time)}` : dayText.format(time);
    if (step >= DAY) return day;
    const clock = new Date(time).toISOString().slice(11, step >= MINUTE ? 16 : step >= SECOND ? 19 : 23);
    return first || Math.floor(time / DAY) !== Math.floor(times[index - 1] / DAY) ? `${clock}\n${dayText.format(time)}` : clock;
  });
}

function yearOf(time: number): number {
  return new Date(time).getUTCFullYear();
}
