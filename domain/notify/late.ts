import { formatTime } from '../reading/wallClock.ts';
import { alarmKey, type AlarmNow, isOver, knownUpTo } from './alarmNow.ts';
import type { Due } from './due.ts';
import { isSame, newCase, see } from './follow.ts';
import { type Now, type Route, routesOf, untilHours } from './routes.ts';
import type { Case } from './told.ts';

/** Of what was so longer ago than this nobody is told. */
const OLD_MS = 47 * 3_600_000;

/**
 * Whether an alarm is of the past: it was found late, and as far as is known it does not go on now. Nobody is paged; who would have
 * been told is told once what was so.
 */
export function isPast(alarm: AlarmNow): boolean {
  return alarm.late && (isOver(alarm) || alarm.stale);
}

export interface LateQuestion {
  /** Alarms by `alarmKey`. */
  readonly groups: ReadonlyMap<string, readonly AlarmNow[]>;
  /** Copies; those of what was found late are changed in place, and new ones come in. */
  readonly cases: Map<string, Case>;
  readonly isComplete: boolean;
  readonly routes: readonly Route[];
  readonly now: Now;
  readonly changed: Set<Case>;
  /** Called with times, in ms, at which more may be due. */
  readonly wake: (at: number) => void;
}

/** What is due of alarms that were found late; each has a case of its own, beside that of its pump and rule. */
export function lateDue(question: LateQuestion): Due[] {
  const { groups, cases, now } = question;
  const due = [...cases.values()].filter(({ isLate }) => isLate).flatMap((case_) => follow(case_, question));
  for (const alarm of [...groups.values()].flat()) {
    if (!isToBeTold(alarm, now) || isKnown(alarm, cases)) continue;
    const case_: Case = { ...newCase(`${alarmKey(alarm)}\n${alarm.from}`, alarm, now.utc), over: null, isLate: true };
    cases.set(case_.key, case_);
  }
  for (const case_ of cases.values()) if (case_.isLate && case_.over === null) due.push(...firstOf(case_, question));
  return due;
}

/** What was found late is remembered as long as it may turn out to be otherwise, and must not be told again. */
export function isOld({ upTo }: Pick<Case, 'upTo'>, { wall }: Now): boolean {
  return upTo < formatTime(Math.floor((wall - OLD_MS) / 1000) * 1000);
}

/** High ones alone: the others are for the report of the day. */
function isToBeTold(alarm: AlarmNow, now: Now): boolean {
  const isAside = ['shelved', 'suppressed', 'out-of-service', 'active-acknowledged'].includes(alarm.state);
  return isPast(alarm) && alarm.priority === 'high' && !isAside && alarm.acknowledged === null && !isOld({ upTo: knownUpTo(alarm) }, now);
}

function isKnown(alarm: AlarmNow, cases: ReadonlyMap<string, Case>): boolean {
  return [...cases.values()].some((one) => alarmKey(one.alarm) === alarmKey(alarm) && isSame(one, alarm) && (one.isLate || one.since !== undefined));
}

/** An end that is due because the alarm is over by now, or never was. */
function follow(case_: Case, { groups, isComplete, changed }: LateQuestion): Due[] {
  const own = (groups.get(alarmKey(case_.alarm)) ?? []).filter((alarm) => isSame(case_, alarm));
  const last = own.find((alarm) => !isOver(alarm)) ?? own.at(-1);
  const wasOver = isOver(case_.alarm);
  const isTold = Object.keys(case_.told).length > 0;
  // What was told to be over and turns out to go on is told by the case of its pump and rule, and its end too.
  if (last && isTold && wasOver && !isOver(last)) case_.upTo = knownUpTo(last);
  else if (last) see(case_, last);
  if (case_.over !== null || !isTold) return [];
  if (last ? wasOver || !isOver(last) : !isComplete) return [];
  case_.over = last ? 'cleared' : 'withdrawn';
  changed.add(case_);
  const saying = case_.over;
  return Object.keys(case_.told).map((channel) => ({ case: case_, channel, saying, alarm: case_.alarm, why: undefined, isGrouped: true }));
}

/**
 * The channels of first steps that were not told yet, when their hours have come: what is over by now wakes nobody. Of an alarm that
 * turned out to go on the case of its pump and rule tells whoever does not know.
 */
function firstOf(case_: Case, { routes, now, wake }: LateQuestion): Due[] {
  const { alarm, told } = case_;
  if (!isPast(alarm)) return [];
  const channels = new Set<string>();
  for (const route of routesOf(alarm, routes)) {
    const wait = untilHours(route, isOver(alarm) ? { ...alarm, priority: 'low' } : alarm, now);
    if (wait > 0) wake(now.utc + wait);
    else for (const channel of route.steps[0]?.to ?? []) channels.add(channel);
  }
  return [...channels].filter((channel) => told[channel] === undefined).map((channel) =>
    ({ case: case_, channel, saying: isOver(alarm) ? 'found' : 'raised', alarm, why: undefined, isGrouped: true }));
}
