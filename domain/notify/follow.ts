import { type AlarmNow, isOver, knownUpTo } from './alarmNow.ts';
import type { Case } from './told.ts';

/** More alarms of one pump and rule than this, begun within this time, are flapping; until one state has held for as long. */
const MOST_RAISES = 3;
export const FLAPPING_MS = 600_000;

/** A case that nobody has seen before. */
export function newCase(key: string, alarm: AlarmNow, now: number): Case {
  return {
    key, alarm, upTo: knownUpTo(alarm), over: 'cleared', since: undefined,
    routes: {}, told: {}, changedAt: now, raises: [], isFlapping: false,
  };
}

/** Whether two stretches of time of one pump and rule are the same alarm, which may have become longer or shorter. */
export function isSame({ alarm, upTo }: Case, other: AlarmNow): boolean {
  return other.from <= upTo && (!isOver(other) || knownUpTo(other) >= alarm.from);
}

/** How the alarm of a case that was going on has ended, undefined while it goes on. The case has it as it was last known. */
export function endOf(case_: Case, alarms: readonly AlarmNow[], isComplete: boolean): 'cleared' | 'withdrawn' | undefined {
  if (case_.over !== null) return undefined;
  const own = alarms.filter((alarm) => isSame(case_, alarm));
  const last = own.find((alarm) => !isOver(alarm)) ?? own.at(-1);
  if (last) {
    see(case_, last);
    return isOver(last) ? 'cleared' : undefined;
  }
  // A later one says that this one is over, whatever became of it.
  if (alarms.some(({ from }) => from > case_.upTo)) return 'cleared';
  return isComplete ? 'withdrawn' : undefined;
}

/** The alarm goes by what is known of it now. */
export function see(case_: Case, alarm: AlarmNow): void {
  case_.alarm = alarm;
  case_.upTo = knownUpTo(alarm);
}

/** Lets an alarm that goes on be the one of its case, when the one before is over. Gives whether one has begun. */
export function begin(case_: Case, alarms: readonly AlarmNow[], now: number): boolean {
  const going = alarms.filter((alarm) => !isOver(alarm)).at(-1);
  if (case_.over === null || going === undefined) return false;
  see(case_, going);
  case_.over = null;
  case_.since = undefined;
  case_.routes = {};
  case_.changedAt = now;
  return true;
}

/** Counts an alarm that needs somebody, once. */
export function count(case_: Case, now: number): void {
  case_.since = now;
  case_.raises = [...case_.raises.filter((at) => at > now - FLAPPING_MS), now].slice(-MOST_RAISES - 1);
  case_.isFlapping ||= case_.raises.length > MOST_RAISES;
}

/** Lets flapping end when one state has held. Gives when that will be, or undefined. */
export function settle(case_: Case, now: number): number | undefined {
  if (!case_.isFlapping) return undefined;
  const at = case_.changedAt + FLAPPING_MS;
  if (now < at) return at;
  case_.isFlapping = false;
  case_.raises = [];
  return undefined;
}
