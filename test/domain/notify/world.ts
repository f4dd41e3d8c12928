import type { Priority } from '../../../domain/alarm/rule.ts';
import { type AlarmNow, alarmKey } from '../../../domain/notify/alarmNow.ts';
import { decide, type Decision } from '../../../domain/notify/decide.ts';
import type { Route } from '../../../domain/notify/routes.ts';
import { type Item, NOTHING_TOLD, type Notice, type Told } from '../../../domain/notify/told.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';

/** 2026-03-02T12:00Z, a Monday; the site is in UTC. */
export const NOON = Date.UTC(2026, 2, 2, 12);
export const MINUTE = 60_000;

/** A route, all of whose keys have a default. */
export function route(given: Partial<Route> = {}): Route {
  const rest = {
    priority: undefined, pumps: '*', steps: [{ afterMs: 0, to: ['duty'] }], repeatMs: undefined, groupMs: 0, hours: undefined, ...given,
  };
  return { ...rest, key: given.key ?? JSON.stringify(rest) };
}

/** An alarm that has just begun. */
export function alarm(given: Partial<AlarmNow> = {}, at = NOON): AlarmNow {
  const from = formatTime(at);
  return {
    pump: 'TECHE', rule: 'low-psi', priority: 'high', state: 'active-unacknowledged', from, raised: from, returned: null, cleared: null,
    worst: 0, worstAt: from, readings: 1, stale: false, late: false, acknowledged: null, shelved: null, ...given,
  };
}

/** A site in which time passes, alarms begin and end, and somebody is told; time goes on by `pass`. */
export class World {
  now = NOON;
  told: Told = NOTHING_TOLD;
  routes: readonly Route[];
  channels: Map<string, { readonly merges: boolean }>;
  isComplete = true;
  readonly notices: Notice[] = [];
  #alarms: AlarmNow[] = [];
  #wakeAt: number | undefined;

  constructor(routes: readonly Route[] = [route()], channels: Record<string, boolean> = { duty: true }) {
    this.routes = routes;
    this.channels = new Map(Object.entries(channels).map(([name, merges]) => [name, { merges }]));
  }

  /** What is due now, without anybody being told: as before a crash. */
  peek(): Decision {
    const { told, routes, channels, isComplete, now } = this;
    return decide({ told, alarms: this.#alarms, isComplete, routes, channels, now: { utc: now, wall: now } });
  }

  look(): readonly Notice[] {
    const { notices, told, wakeAt } = this.peek();
    this.told = JSON.parse(JSON.stringify({ ...told, cases: [...told.cases], channels: [...told.channels] }),
      (key, value: unknown) => (key === 'cases' || key === 'channels' ? new Map(value as []) : value)) as Told; // as a log on disk gives it
    this.#wakeAt = wakeAt;
    this.notices.push(...notices);
    return notices;
  }

  /** Time passes; the site looks whenever it said that it would. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let i = 0; this.#wakeAt !== undefined && this.#wakeAt <= end; i++) {
      if (i > 10_000) throw new Error('it looks again and again');
      this.now = Math.max(this.now, this.#wakeAt);
      this.look();
    }
    this.now = end;
    this.look();
  }

  has(given: Partial<AlarmNow>): readonly Notice[] {
    return this.set(alarm(given, this.now));
  }

  /** An alarm takes the place of the one that goes on at its pump and rule. */
  set(changed: AlarmNow): readonly Notice[] {
    this.#alarms = [...this.#alarms.filter((one) => alarmKey(one) !== alarmKey(changed) || one.cleared !== null), changed];
    return this.look();
  }

  /** Alarms of many pumps begin, or end, at once. */
  all(pumps: readonly string[], given: Partial<AlarmNow> = {}): readonly Notice[] {
    const others = this.#alarms.filter((one) => !pumps.includes(one.pump) || one.cleared !== null);
    this.#alarms = [...others, ...pumps.map((pump) => ({ ...(this.active(pump) ?? alarm({ pump }, this.now)), ...given }))];
    return this.look();
  }

  change(pump: string, change: Partial<AlarmNow>): readonly Notice[] {
    this.#alarms = this.#alarms.map((one) => (one.pump === pump && one.cleared === null ? { ...one, ...change } : one));
    return this.look();
  }

  clear(pump: string): readonly Notice[] {
    const at = formatTime(this.now);
    return this.change(pump, { state: 'normal', returned: at, cleared: at });
  }

  /** What was over at a pump turns out to go on. */
  reopen(pump: string): readonly Notice[] {
    this.#alarms = this.#alarms.map((one) => (one.pump === pump ? { ...one, state: 'active-unacknowledged', returned: null, cleared: null } : one));
    return this.look();
  }

  withdraw(pump: string): readonly Notice[] {
    this.#alarms = this.#alarms.filter((one) => one.pump !== pump || one.cleared !== null);
    return this.look();
  }

  drop(which: (alarm: AlarmNow) => boolean): readonly Notice[] {
    this.#alarms = this.#alarms.filter((one) => !which(one));
    return this.look();
  }

  active(pump: string): AlarmNow | undefined {
    return this.#alarms.find((one) => one.pump === pump && one.cleared === null);
  }

  /** Everything that was said to a channel, in order: `raised TECHE`. */
  said(channel = 'duty'): string[] {
    return this.notices.filter((notice) => notice.channel === channel).map(({ kind, items }) => `${kind} ${items.map(pumpOf).join(' ')}`);
  }
}

export const pumpOf = ({ alarm: { pump } }: Item) => pump;
export const PRIORITIES: readonly Priority[] = ['low', 'medium', 'high'];
