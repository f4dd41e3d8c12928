import { type AlarmNow, wantsSomebody } from './alarmNow.ts';
import { followed, isForgettable } from './cases.ts';
import { type Due, dueNow, waiting } from './due.ts';
import { gate } from './flood.ts';
import { Outgoing } from './outgoing.ts';
import type { Now, Route } from './routes.ts';
import { type Case, endsThread, type Notice, type Told } from './told.ts';

/** All that decides who is told what. */
export interface Situation {
  /** What was told so far. */
  readonly told: Told;
  /** The alarms that go on, and those that have ended since they were last looked at. */
  readonly alarms: readonly AlarmNow[];
  /** Whether these are all: one that was told and is not among them was withdrawn. False while that is not known. */
  readonly isComplete: boolean;
  readonly routes: readonly Route[];
  /** The channels that there are, and whether one takes many alarms in one message. */
  readonly channels: ReadonlyMap<string, { readonly merges: boolean }>;
  readonly now: Now;
}

/** Who is told what now, and what is to be remembered of it. */
export interface Decision {
  /** In the order in which they go out. */
  readonly notices: readonly Notice[];
  /** What was told, these notices included. */
  readonly told: Told;
  /** What of it has changed, for the log: cases, and keys of those that need no memory any more. */
  readonly changed: readonly Case[];
  readonly gone: readonly string[];
  /** When to look again though nothing has happened, ms since 1970-01-01T00:00Z; undefined when only news can change anything. */
  readonly wakeAt: number | undefined;
}

/** Nothing that follows from what was just told is due sooner, ms. */
const SOON_MS = 1000;

/**
 * Compares what is so with what was told: a pure function, so that it does not matter when it is asked, how often, or what
 * happened to the process in between. Who was told that something is so, is told the end.
 */
export function decide(situation: Situation): Decision {
  const { told, now } = situation;
  let wakeAt = Infinity;
  const wake = (at: number) => {
    wakeAt = Math.min(wakeAt, at);
  };
  const { cases, ends, late, changed } = followed(situation, wake);
  const due = [...ends, ...late];
  const first = waiting(cases.values(), situation.routes, now);
  for (const case_ of cases.values()) {
    if (case_.isLate || case_.over !== null || case_.since === undefined || !wantsSomebody(case_.alarm)) continue;
    const ending = new Set(ends.filter((end) => end.case === case_).map(({ channel }) => channel));
    const routes = Object.keys(case_.routes).length;
    due.push(...dueNow(case_, { routes: situation.routes, waiting: first, now, ending, wake }));
    if (Object.keys(case_.routes).length !== routes) changed.add(case_);
  }
  const out = new Outgoing(told, now.utc, changed);
  const notices = noticesOf(due, situation, { out, wake });
  if (notices.length > 0) wake(now.utc + SOON_MS); // what follows from them, such as reminders, is seen at the next look
  const gone = [...cases.values()].filter((case_) => isForgettable(case_, now)).map(({ key }) => key);
  for (const key of gone) cases.delete(key);
  keepOriginals(cases, told.cases, changed);
  return {
    notices,
    told: { cases, channels: out.logs, threads: out.threads },
    changed: [...changed].filter(({ key }) => cases.has(key)),
    gone: gone.filter((key) => told.cases.has(key)),
    wakeAt: wakeAt === Infinity ? undefined : wakeAt,
  };
}

/** Lets copies go that say what their originals do: a case that lasts is the same object, and no work for whoever collects garbage. */
function keepOriginals(cases: Map<string, Case>, before: ReadonlyMap<string, Case>, changed: ReadonlySet<Case>): void {
  for (const [key, case_] of cases) {
    const original = before.get(key);
    if (original && !changed.has(case_) && original.alarm === case_.alarm && original.upTo === case_.upTo) cases.set(key, original);
  }
}

interface Going {
  readonly out: Outgoing;
  readonly wake: (at: number) => void;
}

/** What is due as messages, channel by channel: ends first, so that one alarm is over before the next begins. */
function noticesOf(due: readonly Due[], { channels, now }: Situation, { out, wake }: Going): Notice[] {
  const notices: Notice[] = [];
  for (const [channel, { merges }] of channels) {
    const own = due.filter((one) => one.channel === channel).sort((one, other) => Number(endsThread(other.saying)) - Number(endsThread(one.saying)));
    if (own.length === 0) continue;
    const how = merges ? gate(out.logOf(channel), own, now.utc) : 'each';
    if (typeof how === 'object') wake(how.later);
    else if (how === 'each') notices.push(...together(own, merges).map((some) => out.notice(channel, some[0].saying, some)));
    else notices.push(...flooded(channel, own, out));
  }
  return notices;
}

/** One message of all that began or ended. Where one thing is all there is to tell, it is told as ever. */
function flooded(channel: string, own: readonly Due[], out: Outgoing): Notice[] {
  const news = own.filter(({ saying }) => saying !== 'reminder');
  if (news.length === 0) return [];
  if (news.length === 1) return [out.notice(channel, news[0].saying, news)];
  return [out.notice(channel, 'flood', news)];
}

/** Those of one rule that waited for each other are one message. */
function together(due: readonly Due[], merges: boolean): Due[][] {
  const groups = new Map<string, Due[]>();
  due.forEach((one, i) => {
    const key = one.isGrouped && merges ? `${one.saying} ${one.alarm.rule}` : `${i}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  });
  return [...groups.values()];
}
