import fc from '../../support/property.ts';
import { type AlarmNow, alarmKey, isOver } from '../../../domain/notify/alarmNow.ts';
import { decide, type Decision } from '../../../domain/notify/decide.ts';
import type { Route } from '../../../domain/notify/routes.ts';
import { NOTHING_TOLD, type Notice, type Told } from '../../../domain/notify/told.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { alarm as newAlarm, MINUTE, NOON, route } from './world.ts';

const HOUR = 60 * MINUTE;
const YEAR = 8760 * HOUR;

export const ROUTES = [
  route({ repeatMs: 10 * MINUTE }),
  route({ priority: 'high', steps: [{ afterMs: 0, to: ['duty'] }, { afterMs: 5 * MINUTE, to: ['boss'] }] }),
  route({ pumps: 'A*', groupMs: 30_000, steps: [{ afterMs: 0, to: ['boss', 'program'] }] }),
  route({ hours: { from: 22 * HOUR, to: 6 * HOUR }, steps: [{ afterMs: 0, to: ['night'] }] }),
  route({ priority: 'high', hours: { from: 20 * HOUR, to: 23 * HOUR }, repeatMs: HOUR, groupMs: 60_000,
    steps: [{ afterMs: 0, to: ['night', 'program'] }, { afterMs: MINUTE, to: ['duty'] }] }),
];
/** Channels, and whether they take many alarms in one message. */
export const CHANNELS = { duty: true, boss: true, program: false, night: true };
const NAMES = Object.keys(CHANNELS) as (keyof typeof CHANNELS)[];

/** Of one pump and rule, whatever becomes of its alarms. */
const FATES = ['withdraw', 'correct', 'reopen', 'split', 'merge', 'earlier'] as const;

const key = { pump: fc.constantFrom('A1', 'A2', 'B1', ...Array.from({ length: 12 }, (_, i) => `C${i}`)), rule: fc.constantFrom('r1', 'r1', 'r2') };
const priority = fc.constantFrom('low' as const, 'medium' as const, 'high' as const);
const told = { priority, late: fc.boolean(), stale: fc.boolean() };
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('raise' as const), ...key, ...told, isOld: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('over' as const), ...key, priority, late: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('clear' as const), ...key, state: fc.constantFrom('normal', 'latched', 'returned-unacknowledged') }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom(...FATES), ...key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('state' as const), ...key,
    state: fc.constantFrom('active-unacknowledged', 'active-acknowledged', 'shelved', 'suppressed', 'out-of-service') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), ...key, ...told }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('system' as const), channel: fc.constantFrom('duty', 'night', undefined) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1000, 20_000, MINUTE, 7 * MINUTE, HOUR, 9 * HOUR) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), ahead: fc.constantFrom(0, HOUR, -HOUR, YEAR, -YEAR) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('configure' as const), routes: fc.subarray(ROUTES), channels: fc.subarray(NAMES) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
/** Anything that may happen at a site, in any order. */
export const steps = fc.array(step, { maxLength: 80 });

/** A site to which anything happens. Its alarms are by event time; the clock that decides may be ahead of it, or behind. */
export class Site {
  ahead = 0;
  routes: readonly Route[] = ROUTES;
  isComplete = true;
  /** In order of time for each pump and rule. */
  alarms: readonly AlarmNow[] = [];
  told: Told = NOTHING_TOLD;
  readonly #onNotice: (notice: Notice) => void;
  readonly #onChannels: (channels: readonly string[]) => void;
  #now = NOON;
  #channels: readonly (keyof typeof CHANNELS)[] = NAMES;
  #wakeAt: number | undefined;

  /** `onChannels` hears which channels there are from now on. */
  constructor(onNotice: (notice: Notice) => void, onChannels: (channels: readonly string[]) => void) {
    this.#onNotice = onNotice;
    this.#onChannels = onChannels;
  }

  /** Time passes; the site looks whenever it said that it would. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (let i = 0; this.#wakeAt !== undefined && this.#wakeAt <= end; i++) {
      if (i > 10_000) throw new Error('it looks again and again');
      this.#now = Math.max(this.#now, this.#wakeAt);
      this.#look();
    }
    this.#now = end;
    this.#look();
  }

  configure(routes: readonly Route[], channels: readonly (keyof typeof CHANNELS)[] = NAMES): void {
    this.routes = routes;
    this.#channels = channels;
    this.#onChannels(channels);
    this.#look();
  }

  /** All that goes on is over. */
  clearAll(): void {
    for (const one of this.alarms.filter((alarm) => !isOver(alarm))) this.#swap(one, [this.#over(one, this.#now)]);
  }

  act(one: Step): void {
    this.#now += 1;
    switch (one.do) {
      case 'pass': return this.pass(one.ms);
      case 'configure': return this.configure(one.routes, one.channels);
      case 'clock':
        this.ahead = one.ahead;
        return this.#look();
      case 'restart':
        this.#decide(); // decided, and killed before it was written down
        this.isComplete = !this.isComplete;
        return;
      case 'system': {
        const system = { text: 'x', fix: 'y', ...(one.channel && { channel: one.channel }) };
        const going = this.alarms.find((alarm) => alarm.system && !isOver(alarm));
        return going ? this.#swap(going, [this.#over(going, this.#now)]) : this.#add(newAlarm({ pump: '', rule: 'system:x', system }, this.#now));
      }
      case 'raise': return this.#add(newAlarm(withoutSteps(one), this.#now - (one.isOld ? 3 * HOUR : 0)));
      case 'over': return this.#add(this.#over(newAlarm(withoutSteps(one), this.#now - 20 * MINUTE), this.#now - 10 * MINUTE));
      default: return this.#befall(one);
    }
  }

  #befall(one: Extract<Step, { do: 'clear' | 'state' | 'change' | typeof FATES[number] }>): void {
    const own = this.alarms.filter((alarm) => alarmKey(alarm) === alarmKey(one));
    const [going, last] = [own.find((alarm) => !isOver(alarm)), own.findLast(isOver)];
    if (one.do === 'correct') return last && this.#swap(last, []);
    if (one.do === 'reopen')
      return last && !going ? this.#swap(last, [{ ...last, state: 'active-unacknowledged', returned: null, cleared: null, acknowledged: null }]) : undefined;
    if (!going) return;
    switch (one.do) {
      case 'withdraw': return this.#swap(going, []);
      case 'clear': return this.#swap(going, [{ ...this.#over(going, this.#now), state: one.state }]);
      case 'change': return this.#swap(going, [{ ...going, ...withoutSteps(one) }]);
      case 'state': {
        const acknowledged = one.state === 'active-acknowledged' ? { by: 'ann', at: '', comment: null } : null;
        return this.#swap(going, [{ ...going, state: one.state, acknowledged }]);
      }
      case 'split': {
        const middle = Math.floor((parseTime(going.from)! + this.#now) / 2);
        if (middle < parseTime(going.from)! + 5000) return;
        const next = formatTime(middle + 1000);
        return this.#swap(going, [{ ...this.#over(going, middle), acknowledged: null, worstAt: going.from },
          { ...going, from: next, raised: next, worstAt: next }]);
      }
      case 'merge': {
        if (!last) return;
        this.alarms = this.alarms.filter((alarm) => alarm !== last);
        return this.#swap(going, [{ ...going, from: last.from, raised: last.raised }]);
      }
      case 'earlier': {
        const from = formatTime(parseTime(going.from)! - MINUTE);
        return last && last.cleared! >= from ? undefined : this.#swap(going, [{ ...going, from, raised: from }]);
      }
    }
  }

  /** Adds an alarm that is later than all of its pump and rule. */
  #add(alarm: AlarmNow): void {
    if (this.alarms.some((one) => alarmKey(one) === alarmKey(alarm) && (one.cleared ?? '~') >= alarm.from)) return;
    this.alarms = [...this.alarms, alarm];
    this.#look();
  }

  #swap(from: AlarmNow, to: readonly AlarmNow[]): void {
    this.alarms = this.alarms.flatMap((one) => (one === from ? to : [one]));
    this.#look();
  }

  #over(alarm: AlarmNow, at: number): AlarmNow {
    return { ...alarm, state: 'normal', stale: false, returned: formatTime(at), cleared: formatTime(at) };
  }

  #decide(): Decision {
    const now = this.#now + this.ahead;
    const channels = new Map(this.#channels.map((name) => [name, { merges: CHANNELS[name] }]));
    return decide({ told: this.told, alarms: this.alarms, isComplete: this.isComplete, routes: this.routes, channels, now: { utc: now, wall: now } });
  }

  #look(): void {
    const { notices, told, changed, gone, wakeAt } = this.#decide();
    const cases = new Map([...this.told.cases, ...changed.map((one) => [one.key, one] as const)]);
    for (const one of gone) cases.delete(one);
    // As the log on disk gives it.
    this.told = { threads: told.threads, cases: new Map(asOnDisk([...cases])), channels: new Map(asOnDisk([...told.channels])) };
    this.#wakeAt = wakeAt === undefined ? undefined : wakeAt - this.ahead;
    for (const notice of notices) this.#onNotice(notice);
  }
}

function withoutSteps<T extends { readonly do: string; readonly isOld?: boolean }>({ do: _, isOld: __, ...rest }: T): Omit<T, 'do' | 'isOld'> {
  return rest;
}

function asOnDisk<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
