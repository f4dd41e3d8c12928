import { comparePriorities, type Priority } from '../rule.ts';
import type { Acknowledge, ActHead, Span } from './act.ts';
import type { MaintenanceWindow } from './maintenanceWindow.ts';
import type { OutOfServiceTime, PumpActs, Shelf } from './pumpActs.ts';

/** The states of an alarm; the first that applies holds. */
export const ALARM_STATES = [
  'out-of-service', 'suppressed', 'shelved', 'active-unacknowledged', 'active-acknowledged', 'returned-unacknowledged', 'latched',
  'pending', 'normal',
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** What has to be known of an occurrence to tell its state. Times are wall times of its pump. */
export interface Lived {
  readonly pump: string;
  readonly rule: string;
  /** The most severe level that it has reached. */
  readonly level: Priority;
  /** The first reading beyond the limit, and the last. */
  readonly from: number;
  readonly to: number;
  /** Null as long as the condition has not held for its on-delay. */
  readonly raised: number | null;
  /** Null as long as it goes on. */
  readonly cleared: number | null;
  /** It was found long after it was over: nobody could have done anything. */
  readonly late: boolean;
  /** What goes on is not known: the pump has been silent since. */
  readonly stale: boolean;
  /** Other alarms, or the plant's state, say that it means nothing. */
  readonly suppressed: boolean;
}

/** What a rule says of the life of its alarms. */
export interface LifeRules {
  /** Somebody has to say that it was seen. */
  readonly acknowledge: boolean;
  /** It stays until somebody resets it. */
  readonly latch: boolean;
  /** So long an acknowledgement holds while the alarm goes on, ms; null for as long as that does. */
  readonly realarm: number | null;
}

export interface LifeQuestion {
  /** ms since 1970-01-01T00:00Z. */
  readonly now: number;
  /** The site's wall time at an instant in ms UTC. */
  readonly wallAt: (instant: number) => number;
  readonly rule: LifeRules;
  /** Those of the pump. */
  readonly windows: readonly MaintenanceWindow[];
}

/** An alarm's state, and what people did that made it so. */
export interface Life {
  readonly state: AlarmState;
  /** As it would be if nothing set it aside. */
  readonly beneath: AlarmState;
  /** The act that holds, or null. */
  readonly acknowledged: (ActHead & Acknowledge) | null;
  /** The shelf or the out-of-service time that covers it now. */
  readonly shelved: Shelf | null;
  readonly outOfService: OutOfServiceTime | null;
  /** The window in which it means nothing. */
  readonly maintenance: MaintenanceWindow | null;
}

/**
 * The state of one occurrence. It depends on the occurrence, the acts about its pump, and the time, and on nothing else: not on
 * the order in which rows came, nor on what was said before.
 *
 * - An act is about an occurrence when the spans that its author saw touch it. So an acknowledgement stays when late rows
 *   move the beginning, and when they join two occurrences of which it covered one; where late rows split one, the part that
 *   began after the act is not covered.
 * - An acknowledgement and a shelf cover up to the level that they were given at; a shelf that is set once covers what went on then.
 * - What began and ended while its pump was set aside needs nobody afterwards, nor does what was found late.
 */
export function lifeOf(occurrence: Lived, acts: PumpActs, question: LifeQuestion): Life {
  const acknowledged = acknowledgementOf(occurrence, acts, question);
  const shelved = lastOf(acts.shelves.filter((shelf) => lastsAt(shelf, question.now) && covers(shelf, occurrence)));
  const outOfService = lastOf(acts.outOfService.filter((time) => lastsAt(time, question.now)));
  const maintenance = windowNow(occurrence, question);
  const beneath = stateBeneath(occurrence, acts, question, acknowledged !== null);
  const mayBeAside = beneath !== 'normal' && beneath !== 'pending';
  const state =
    !mayBeAside ? beneath
    : outOfService ? 'out-of-service'
    : maintenance || occurrence.suppressed ? 'suppressed'
    : shelved ? 'shelved'
    : beneath;
  return {
    state,
    beneath,
    acknowledged,
    shelved: mayBeAside ? shelved : null,
    outOfService: mayBeAside ? outOfService : null,
    maintenance: mayBeAside ? maintenance : null,
  };
}

/** Whether a shelf that ends with its alarms still has one that goes on; one for a time lasts that long. */
export function isNeeded({ once }: Shelf, occurrences: readonly Pick<Lived, 'rule' | 'from' | 'cleared'>[]): boolean {
  if (!once) return true;
  return occurrences.some((one) => one.cleared === null && once.some((span) => span.rule === one.rule && touches(span, one)));
}

/** Whether a moment of an occurrence lay in a time for which it was set aside: shelved, out of service or in maintenance. */
export function asideAt(occurrence: Lived, wallTime: number, acts: PumpActs, { wallAt, windows }: LifeQuestion): Aside | null {
  const lay = ({ at, end }: { readonly at: number; readonly end: number }) => wallAt(at) <= wallTime && wallTime < wallOf(end, wallAt);
  if (acts.outOfService.some(lay)) return 'out-of-service';
  if (occurrence.suppressed || windows.some(({ from, to }) => from <= wallTime && wallTime < to)) return 'suppressed';
  return acts.shelves.some((shelf) => lay(shelf) && covers(shelf, occurrence)) ? 'shelved' : null;
}
export type Aside = 'out-of-service' | 'suppressed' | 'shelved';

/** Whether a span touches an occurrence. The moment when that is cleared is not its own any more. */
export function touches({ from, to }: Span, occurrence: Pick<Lived, 'from' | 'cleared'>): boolean {
  return occurrence.from <= to && (occurrence.cleared === null || from < occurrence.cleared);
}

/** Whether one level is at least as severe as another. */
export function atLeast(level: Priority, other: Priority): boolean {
  return comparePriorities(level, other) <= 0;
}

/** The state as it is without anything that sets alarms aside. */
function stateBeneath(occurrence: Lived, acts: PumpActs, question: LifeQuestion, acknowledged: boolean): AlarmState {
  const { raised, cleared, late } = occurrence;
  if (raised === null) return cleared === null ? 'pending' : 'normal';
  if (cleared === null) return acknowledged ? 'active-acknowledged' : 'active-unacknowledged';
  if (late || wasAside(occurrence, raised, cleared, acts, question)) return 'normal';
  if (question.rule.acknowledge && !acknowledged) return 'returned-unacknowledged';
  return question.rule.latch && !isReset(occurrence, acts) ? 'latched' : 'normal';
}

/** The last of the acknowledgements that hold, or null. */
function acknowledgementOf(occurrence: Lived, acts: PumpActs, question: LifeQuestion): (ActHead & Acknowledge) | null {
  const { rule, level, cleared } = occurrence;
  return lastOf(
    acts.acknowledgements.filter(
      (act) =>
        act.rule === rule && atLeast(act.level, level) && act.seen.some((span) => touches(span, occurrence)) &&
        holds(act, cleared, question),
    ),
  );
}

/** One that runs out has to last until the alarm is over, or to be given after that. */
function holds({ at, until }: ActHead & Acknowledge, cleared: number | null, { now, wallAt, rule: { realarm } }: LifeQuestion): boolean {
  const end = Math.min(until ?? Infinity, realarm === null ? Infinity : at + realarm);
  if (end === Infinity || cleared === null) return now < end;
  return cleared <= wallAt(end) || cleared <= wallAt(at);
}

function isReset(occurrence: Lived, { resets }: PumpActs): boolean {
  return resets.some((act) => act.rule === occurrence.rule && act.seen.some((span) => touches(span, occurrence)));
}

/** Whether all of its life after it was raised lay in one time that set it aside, or it meant nothing anyway. */
function wasAside(occurrence: Lived, raised: number, cleared: number, acts: PumpActs, { wallAt, windows }: LifeQuestion): boolean {
  const held = ({ at, end }: { readonly at: number; readonly end: number }) => wallAt(at) <= raised && cleared <= wallOf(end, wallAt);
  return (
    occurrence.suppressed ||
    windows.some(({ from, to }) => from <= raised && cleared <= to) ||
    acts.outOfService.some(held) ||
    acts.shelves.some((shelf) => held(shelf) && covers(shelf, occurrence))
  );
}

/** The window that a running alarm is in: at the site's time, or where its pump has been silent since at its last reading. */
function windowNow({ to, cleared, stale }: Lived, { now, wallAt, windows }: LifeQuestion): MaintenanceWindow | null {
  if (cleared !== null) return null;
  const at = stale ? to : wallAt(now);
  return windows.find((window) => window.from <= at && at < window.to) ?? null;
}

function covers({ rule, levels, once }: Shelf, occurrence: Lived): boolean {
  if (rule !== null && rule !== occurrence.rule) return false;
  if (once && !once.some((span) => span.rule === occurrence.rule && touches(span, occurrence))) return false;
  const level: Priority | undefined = Object.hasOwn(levels, occurrence.rule) ? levels[occurrence.rule] : undefined;
  return level === undefined || atLeast(level, occurrence.level);
}

function lastsAt({ at, end }: { readonly at: number; readonly end: number }, instant: number): boolean {
  return at <= instant && instant < end;
}

function wallOf(end: number, wallAt: (instant: number) => number): number {
  return end === Infinity ? Infinity : wallAt(end);
}

function lastOf<T>(items: readonly T[]): T | null {
  return items.at(-1) ?? null;
}
