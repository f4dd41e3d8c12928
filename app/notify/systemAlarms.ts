import type { Priority } from '../../domain/alarm/rule.ts';
import type { AlarmNow } from '../../domain/notify/alarmNow.ts';
import type { Case } from '../../domain/notify/told.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';

/** Something that is wrong with the site's own machine, as it looks now. */
export interface Trouble {
  /** Such as `store` or `channel-duty`. */
  readonly id: string;
  readonly priority: Priority;
  /** What is wrong, and what to do. */
  readonly text: string;
  readonly fix: string;
  /** The channel that it is about, which can't tell of it. */
  readonly channel?: string;
  /** It has lasted long enough already. */
  readonly isSure?: boolean;
}

/** What is wrong has to be so for so long, and to be gone for as long, before somebody is told. */
const HOLD_MS = 30_000;
const PREFIX = 'system:';

interface Watched {
  trouble: Trouble;
  /** When it began, and since when it is gone; ms since 1970-01-01T00:00Z. */
  since: number;
  goneSince: number | undefined;
  alarm: AlarmNow | undefined;
}

/** Makes alarms of what is wrong with the site itself. They need no store and no job: only this process. */
export class SystemAlarms {
  readonly #watched = new Map<string, Watched>();
  readonly #wallAt: (instant: number) => number;
  #ended: AlarmNow[] = [];

  /** `cases`: those that were told before a restart. They go on until it is known that they are over. */
  constructor(cases: Iterable<Case>, wallAt: (instant: number) => number, now: number) {
    this.#wallAt = wallAt;
    for (const { alarm, over } of cases) {
      if (!alarm.system || over !== null) continue;
      const { text, fix, channel } = alarm.system;
      const trouble = { id: alarm.rule.slice(PREFIX.length), priority: alarm.priority, text, fix, ...(channel === undefined ? {} : { channel }) };
      this.#watched.set(trouble.id, { trouble, since: now, goneSince: now, alarm });
    }
  }

  /** Takes what is wrong now. Gives whether an alarm began or ended. */
  see(troubles: readonly Trouble[], now: number): boolean {
    const present = new Set(troubles.map(({ id }) => id));
    for (const trouble of troubles) {
      const known = this.#watched.get(trouble.id);
      if (known) Object.assign(known, { trouble, goneSince: undefined });
      else this.#watched.set(trouble.id, { trouble, since: now, goneSince: undefined, alarm: undefined });
    }
    let isChanged = false;
    for (const [id, one] of this.#watched) {
      if (!present.has(id)) one.goneSince ??= now;
      one.since = Math.min(one.since, now); // the clock was ahead
      if (one.goneSince !== undefined) one.goneSince = Math.min(one.goneSince, now);
      isChanged = this.#step(id, one, now) || isChanged;
    }
    return isChanged;
  }

  #step(id: string, one: Watched, now: number): boolean {
    if (one.goneSince !== undefined) {
      if (one.alarm && now < one.goneSince + HOLD_MS) return false;
      this.#watched.delete(id);
      if (!one.alarm) return false;
      const at = formatTime(this.#wallAt(one.goneSince));
      this.#ended.push({ ...one.alarm, state: 'normal', returned: at, cleared: at });
      return true;
    }
    if (one.alarm || (now < one.since + HOLD_MS && !one.trouble.isSure)) return false;
    one.alarm = alarmOf(one.trouble, formatTime(this.#wallAt(one.since)));
    return true;
  }

  /** Those that go on, and those that have ended since `forgetEnded`. */
  all(): AlarmNow[] {
    return [...this.#ended, ...this.active()];
  }

  active(): AlarmNow[] {
    return [...this.#watched.values()].flatMap(({ alarm }) => (alarm ? [alarm] : []));
  }

  /** What has ended was looked at. */
  forgetEnded(seen: readonly AlarmNow[]): void {
    this.#ended = this.#ended.filter((alarm) => !seen.includes(alarm));
  }
}

function alarmOf({ id, priority, text, fix, channel }: Trouble, from: string): AlarmNow {
  return {
    pump: '', rule: `${PREFIX}${id}`, priority, state: 'active-unacknowledged', from, raised: from, returned: null, cleared: null,
    worst: null, worstAt: null, readings: 0, stale: false, late: false, acknowledged: null, shelved: null,
    system: { text, fix, ...(channel === undefined ? {} : { channel }) },
  };
}
