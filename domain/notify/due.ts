import { comparePriorities } from '../alarm/rule.ts';
import { alarmKey, type AlarmNow, wantsSomebody } from './alarmNow.ts';
import { type Now, type Route, routesOf, untilHours } from './routes.ts';
import { length } from './times.ts';
import type { Case, Saying, ToldTo } from './told.ts';

/** Something that a channel is to be told of a case. */
export interface Due {
  readonly case: Case;
  readonly channel: string;
  readonly saying: Saying;
  /** As it is then: the case may have gone on to its next alarm. */
  readonly alarm: AlarmNow;
  readonly why: string | undefined;
  readonly isGrouped: boolean;
}

/** Reminders grow to this wait. */
const LONGEST_REPEAT_MS = 14_400_000;

/** When alarms that wait for each other began to, by route and rule. */
export type Waiting = ReadonlyMap<string, number>;

/** Which alarms of a rule wait for each other. */
export function waiting(cases: Iterable<Case>, routes: readonly Route[], now: Now): Waiting {
  const first = new Map<string, number>();
  for (const case_ of cases) {
    if (case_.since === undefined || !wantsSomebody(case_.alarm)) continue;
    for (const route of routesOf(case_.alarm, routes)) {
      if (case_.routes[route.key] !== undefined || untilHours(route, case_.alarm, now) > 0) continue;
      const key = waitKey(route, case_.alarm);
      first.set(key, Math.min(first.get(key) ?? Infinity, case_.since));
    }
  }
  return first;
}

const waitKey = (route: Route, { rule }: AlarmNow) => `${route.key}\n${rule}`;

export interface Asked {
  readonly routes: readonly Route[];
  readonly waiting: Waiting;
  readonly now: Now;
  /** Channels that are told the end of the alarm before at the same time. */
  readonly ending: ReadonlySet<string>;
  /** Called with times, in ms, at which more may be due. */
  readonly wake: (at: number) => void;
}

/** What is due because an alarm is so and nobody has it. Starts the clocks of its routes. */
export function dueNow(case_: Case, asked: Asked): Due[] {
  const { alarm, told } = case_;
  const reached = reachedChannels(case_, asked);
  const make = (channel: string, saying: Saying, why?: string): Due => ({
    case: case_, channel, saying, alarm, why, isGrouped: told[channel]?.isGrouped ?? reached.get(channel)?.isGrouped ?? false,
  });
  const due: Due[] = [];
  for (const channel of new Set([...reached.keys(), ...Object.keys(told)])) {
    const to = asked.ending.has(channel) ? undefined : told[channel];
    if (to === undefined) {
      if (reached.has(channel)) due.push(make(channel, 'raised', whyNext(reached.get(channel)!, told)));
    } else if (comparePriorities(alarm.priority, to.priority) < 0) due.push(make(channel, 'worse'));
    else if (reached.has(channel) && to.wasQuiet) due.push(make(channel, 'reminder', 'It is still so, and nobody has it any more.'));
    else if (isToBeReminded(to, reached.get(channel)?.repeatMs, asked)) due.push(make(channel, 'reminder'));
  }
  return due;
}

interface Reached {
  readonly repeatMs: number | undefined;
  readonly isGrouped: boolean;
  /** How long nobody had acknowledged, ms; 0 of a first step. */
  readonly afterMs: number;
}

/** Why somebody is told who was not at first. */
function whyNext({ afterMs }: Reached, told: Case['told']): string | undefined {
  const others = Object.keys(told);
  if (afterMs === 0) return undefined;
  return `Nobody has acknowledged it for ${length(afterMs)}${others.length === 0 ? '' : `; ${others.join(', ')} ${others.length === 1 ? 'was' : 'were'} told`}.`;
}

/** The channels whose step has come. */
function reachedChannels(case_: Case, asked: Asked): Map<string, Reached> {
  const reached = new Map<string, Reached>();
  for (const route of routesOf(case_.alarm, asked.routes)) {
    const startedAt = startOf(route, case_, asked);
    if (startedAt === undefined) continue;
    for (const { afterMs, to } of route.steps) {
      if (asked.now.utc < startedAt + afterMs) {
        asked.wake(startedAt + afterMs);
        continue;
      }
      for (const channel of to) {
        if (case_.alarm.system?.channel === channel) continue; // it can't tell of its own failure
        const before = reached.get(channel);
        reached.set(channel, {
          repeatMs: Math.min(before?.repeatMs ?? Infinity, route.repeatMs ?? Infinity),
          isGrouped: before?.isGrouped ?? route.groupMs > 0,
          afterMs: Math.min(before?.afterMs ?? Infinity, afterMs),
        });
      }
    }
  }
  return reached;
}

/** When a route's first step was told, or is; undefined while it waits for its hours, or for other alarms of the rule. */
function startOf(route: Route, case_: Case, { now, waiting, wake }: Asked): number | undefined {
  const wait = untilHours(route, case_.alarm, now);
  if (wait > 0) {
    wake(now.utc + wait);
    return undefined;
  }
  const startedAt = case_.routes[route.key];
  if (startedAt !== undefined) return startedAt;
  const at = (waiting.get(waitKey(route, case_.alarm)) ?? now.utc) + route.groupMs;
  if (now.utc < at) {
    wake(at);
    return undefined;
  }
  case_.routes[route.key] = now.utc;
  return now.utc;
}

function isToBeReminded({ at, reminders }: ToldTo, repeatMs: number | undefined, { now, wake }: Asked): boolean {
  if (repeatMs === undefined || repeatMs === Infinity) return false;
  const next = at + Math.min(repeatMs * 2 ** Math.min(reminders, 30), Math.max(repeatMs, LONGEST_REPEAT_MS));
  if (now.utc >= next) return true;
  wake(next);
  return false;
}

/** Alarms by pump and rule, each in order of beginning. */
export function byCase(alarms: readonly AlarmNow[]): Map<string, AlarmNow[]> {
  const groups = new Map<string, AlarmNow[]>();
  for (const alarm of alarms) {
    const key = alarmKey(alarm);
    const group = groups.get(key);
    if (group) group.push(alarm);
    else groups.set(key, [alarm]);
  }
  for (const group of groups.values()) group.sort((one, other) => (one.from < other.from ? -1 : 1));
  return groups;
}
