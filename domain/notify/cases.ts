import { type AlarmNow, isOver, wantsSomebody } from './alarmNow.ts';
import { byCase, type Due } from './due.ts';
import { isOld, isPast, lateDue } from './late.ts';
import type { Now, Route } from './routes.ts';
import { begin, count, endOf, FLAPPING_MS, newCase, settle } from './follow.ts';
import type { Case, Told } from './told.ts';

/** What is so now. */
export interface Seen {
  readonly told: Told;
  readonly alarms: readonly AlarmNow[];
  readonly isComplete: boolean;
  readonly channels: ReadonlyMap<string, unknown>;
  readonly routes: readonly Route[];
  readonly now: Now;
}

export interface Followed {
  /** Copies, by key. */
  readonly cases: Map<string, Case>;
  /** The ends that are due. */
  readonly ends: readonly Due[];
  /** What is due of alarms that were found late. */
  readonly late: readonly Due[];
  /** Those that have something new to remember. */
  readonly changed: Set<Case>;
}

/** Every case as it is now, copied, and the ends that are due. */
export function followed({ told, alarms, isComplete, channels, routes, now }: Seen, wake: (at: number) => void): Followed {
  const cases = new Map<string, Case>();
  const changed = new Set<Case>();
  const ends: Due[] = [];
  const groups = byCase(alarms);
  for (const key of new Set([...told.cases.keys(), ...groups.keys()])) {
    const group = groups.get(key) ?? [];
    const before = told.cases.get(key);
    if (!before && group.every(({ cleared }) => cleared !== null)) continue;
    const case_ = before ? copyOf(before) : newCase(key, group[0], now.utc);
    cases.set(key, case_);
    if (dropChannels(case_, channels)) changed.add(case_);
    if (setBack(case_, now.utc)) changed.add(case_);
    if (case_.isLate) continue;
    if (followCase(case_, { group, isComplete, now: now.utc, wake, ends })) changed.add(case_);
  }
  const late = lateDue({ groups, cases, isComplete, routes, now, changed, wake });
  return { cases, ends, late, changed };
}

interface Following {
  readonly group: readonly AlarmNow[];
  readonly isComplete: boolean;
  readonly now: number;
  readonly wake: (at: number) => void;
  /** Gets the ends that are due. */
  readonly ends: Due[];
}

/** Brings a case up to what is so now; gives whether there is something to remember. */
function followCase(case_: Case, { group, isComplete, now, wake, ends }: Following): boolean {
  let isChanged = false;
  const how = endOf(case_, group, isComplete);
  if (how) {
    case_.over = how;
    case_.changedAt = now;
    isChanged = true;
  }
  const wasFlapping = case_.isFlapping;
  const settlesAt = settle(case_, now);
  if (settlesAt !== undefined) wake(settlesAt);
  if (wasFlapping !== case_.isFlapping) isChanged = true;
  if (case_.over !== null && !case_.isFlapping) ends.push(...endsOf(case_, case_.over));
  if (begin(case_, group, now)) isChanged = true;
  if (case_.over === null) isChanged = look(case_, now) || isChanged;
  return isChanged;
}

/** Forgets channels that are configured no more: nobody is there. Gives whether there were any. */
function dropChannels({ told }: Case, channels: Seen['channels']): boolean {
  const gone = Object.keys(told).filter((channel) => !channels.has(channel));
  for (const channel of gone) delete told[channel];
  return gone.length > 0;
}

/** Whether somebody has it, or it was set aside, or somebody should be told. */
function look(case_: Case, now: number): boolean {
  const { alarm, told } = case_;
  if (wantsSomebody(alarm)) {
    if (case_.since !== undefined || (isPast(alarm) && Object.keys(told).length === 0)) return false;
    count(case_, now);
    return true;
  }
  let isChanged = false;
  for (const to of Object.values(told)) {
    if (to.wasQuiet) continue;
    to.wasQuiet = true;
    isChanged = true;
  }
  return isChanged;
}

function endsOf(case_: Case, saying: 'cleared' | 'withdrawn'): Due[] {
  return Object.entries(case_.told).map(([channel, { isGrouped }]) =>
    ({ case: case_, channel, saying, alarm: case_.alarm, why: undefined, isGrouped }));
}

function copyOf(case_: Case): Case {
  const told = Object.fromEntries(Object.entries(case_.told).map(([channel, to]) => [channel, { ...to }]));
  return { ...case_, routes: { ...case_.routes }, told };
}

/**
 * What a clock wrote that was ahead, and was set right since, counts as of now: otherwise the next step would come when the clock
 * says so again. Gives whether there was anything.
 */
function setBack(case_: Case, now: number): boolean {
  const { since = now, routes, told, changedAt, raises } = case_;
  const times = [since, changedAt, ...raises, ...Object.values(routes), ...Object.values(told).map(({ at }) => at)];
  if (times.every((at) => at <= now)) return false;
  const past = (at: number) => Math.min(at, now);
  Object.assign(case_, { changedAt: past(changedAt), raises: raises.map(past), ...(case_.since !== undefined && { since: past(since) }) });
  for (const route of Object.keys(routes)) routes[route] = past(routes[route]);
  for (const to of Object.values(told)) to.at = past(to.at);
  return true;
}

/** What has ended, was told to all, and came and went no more for a while. */
export function isForgettable(case_: Case, now: Now): boolean {
  const { alarm, over, told, raises, since, isFlapping, isLate } = case_;
  const isTold = Object.keys(told).length > 0;
  if (isLate && over === null) return !isTold || (isOver(alarm) && isOld(case_, now)); // that it is so was told, and the end is to be
  if (isLate) return over === 'withdrawn' || isOld(case_, now);
  if (isTold || isFlapping) return false;
  if (since !== undefined && isPast(alarm) && !isOld(case_, now)) return false; // it is not found anew
  return over === null ? since === undefined : raises.every((at) => at <= now.utc - FLAPPING_MS);
}

