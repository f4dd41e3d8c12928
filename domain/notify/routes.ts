import type { Priority } from '../alarm/rule.ts';
import { pumpMatcher } from '../alarm/pumpPattern.ts';
import { DAY_MS } from '../reading/wallClock.ts';
import type { AlarmNow } from './alarmNow.ts';

/** Which alarms go to whom, and when. All routes that match an alarm apply. */
export interface Route {
  /** What is kept of it on disk; another one as soon as anything of the route is another. */
  readonly key: string;
  /** Undefined for any. */
  readonly priority: Priority | undefined;
  /** A pattern of pump ids. */
  readonly pumps: string;
  /** In order of `afterMs`. */
  readonly steps: readonly Step[];
  /** The first wait between reminders, ms; they grow to four hours. Undefined for none. */
  readonly repeatMs: number | undefined;
  /** How long alarms of a rule wait for each other, ms. */
  readonly groupMs: number;
  /** Outside of them nobody is told that something is so; what still is so is told when they begin. */
  readonly hours: Hours | undefined;
}

/** Channels that are told when an alarm has been told for so long and nobody has acknowledged it. */
export interface Step {
  readonly afterMs: number;
  readonly to: readonly string[];
}

/** Hours of the site's day, in ms since midnight; `to` may be before `from`, across midnight. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** An instant, and what the site's clock shows then. */
export interface Now {
  /** ms since 1970-01-01T00:00Z. */
  readonly utc: number;
  /** Wall time. */
  readonly wall: number;
}

/** Whether a route is for an alarm. Alarms of the system have no pump: routes for all pumps take them. */
export function takes({ priority, pumps }: Route, alarm: AlarmNow): boolean {
  if (priority !== undefined && priority !== alarm.priority) return false;
  return alarm.system ? pumps === '*' : pumpMatcher(pumps)(alarm.pump);
}

/** The routes of an alarm. One of the system that no route is for goes to all: who watches the watcher must hear of it. */
export function routesOf(alarm: AlarmNow, routes: readonly Route[]): readonly Route[] {
  const own = routes.filter((route) => takes(route, alarm));
  return own.length === 0 && alarm.system ? routes : own;
}

/**
 * How long a route has to wait for its hours, in ms; 0 within them. Alarms of high priority wait only where the route is for
 * these alone.
 */
export function untilHours({ hours, priority }: Route, alarm: AlarmNow, { wall }: Now): number {
  if (hours === undefined || (alarm.priority === 'high' && priority !== 'high')) return 0;
  const { from, to } = hours;
  const time = ((wall % DAY_MS) + DAY_MS) % DAY_MS;
  const isWithin = from <= to ? time >= from && time < to : time >= from || time < to;
  return isWithin ? 0 : (from - time + DAY_MS) % DAY_MS;
}
