import { formatTime, parseTime } from '../reading/wallClock.ts';
import { visible } from '../text.ts';
import { type AlarmNow, knownUpTo, type ValueAt } from './alarmNow.ts';
import type { Facts } from './facts.ts';
import { callLines, doLine } from './help.ts';
import { isPast } from './late.ts';
import { manyLines, manySummary } from './manyText.ts';
import { summaryOf } from './summary.ts';
import { clock } from './times.ts';
import { type Item, type Notice, saysOver } from './told.ts';

/** A message as a person reads it, at night and on a phone: the first line says what is wrong. */
export interface Text {
  readonly summary: string;
  readonly lines: readonly string[];
}

/** The text of a message; `now` is the site's wall time. */
export function textOf({ items }: Notice, facts: Facts, now: number): Text {
  const site = `${visible(facts.site)}, ${clock(now, NaN)} (${facts.timezone})`;
  if (items.length > 1) return { summary: manySummary(items, facts, now), lines: [...manyLines(items, facts, now), ...link(facts, '/'), site] };
  const [item] = items;
  const summary = summaryOf(item, facts, now);
  const { system } = item.alarm;
  if (system) return { summary, lines: [...(saysOver(item.saying) ? [] : [`Do: ${system.fix}`]), ...link(facts, '/'), site] };
  const detail = saysOver(item.saying) ? endLines(item, facts, now) : goingLines(item, facts, now);
  return { summary, lines: [...(item.why === undefined ? [] : [item.why]), ...detail, ...link(facts, alarmPath(item.alarm)), site] };
}

/** So much is shown before an alarm and after it, ms. */
const AROUND_MS = 1_800_000;

/** Where the page shows an alarm: the curves of its pump, from half an hour before it until half an hour after what is known of it. */
export function alarmPath(alarm: AlarmNow): string {
  const [from, to] = [parseTime(alarm.from)! - AROUND_MS, parseTime(knownUpTo(alarm))! + AROUND_MS];
  return `/pumps/${encodeURIComponent(alarm.pump)}?from=${formatTime(from)}&to=${formatTime(to)}`;
}

function endLines({ saying, alarm }: Item, facts: Facts, now: number): string[] {
  if (saying === 'withdrawn')
    return ['The readings were corrected, or the rule is another one now: what was told is not so. Nothing is to be done about it.'];
  const who = alarm.acknowledged;
  return [
    countLine(alarm, facts, now),
    ...(saying === 'found' ? [`${cameLate(alarm, now)} It was over by then, so that nobody was told at the time.`] :
      [who ? `Acknowledged by ${visible(who.by)}${who.comment ? `: ${visible(who.comment)}` : ''}` : 'Nobody acknowledged it.']),
    ...(alarm.state === 'returned-unacknowledged' ? [actLine('ack', alarm)] : []),
    ...(alarm.state === 'latched' ? [`It stays latched until somebody has looked. ${actLine('reset', alarm)}`] : []),
  ];
}

function goingLines({ saying, alarm }: Item, facts: Facts, now: number): string[] {
  const rule = facts.rule(alarm.rule, alarm.priority);
  const pump = facts.pump(alarm.pump);
  const next = saying === 'reminder' || isPast(alarm) ? undefined : facts.next(alarm);
  return [
    ...(isPast(alarm) ? [cameLate(alarm, now)] : []),
    ...doLine(alarm, facts),
    ...valueLine(alarm, rule?.measure, now),
    countLine(alarm, facts, now),
    ...(alarm.stale && alarm.readings > 0 ? [`Nothing has come from the pump since ${at(alarm.last?.at ?? knownUpTo(alarm), now)}.`] : []),
    ...others(alarm, facts),
    ...(pump ? callLines(pump) : []),
    ...(next ? [`Next: ${next.channels.join(', ')} at ${clock(next.at, now)}, if nobody acknowledges`] : []),
    ...(rule?.acknowledge ? [actLine('ack', alarm)] : []),
  ];
}

function actLine(act: 'ack' | 'reset', { pump, rule }: AlarmNow): string {
  return `${act === 'ack' ? 'Acknowledge' : 'Reset'}: wellwatch alarms ${act} ${word(pump)} ${word(rule)}`;
}

/** `Before: psi 78 at 02:50. Now: 0 at 02:55.` */
function valueLine({ before, last }: AlarmNow, measure: string | undefined, now: number): string[] {
  if (measure === undefined) return [];
  const shown = ({ value, at: time }: ValueAt) => `${value} at ${at(time, now)}`;
  const said = [...(before ? [`Before: ${measure} ${shown(before)}.`] : []), ...(last ? [`Now: ${shown(last)}.`] : [])];
  return said.length === 0 ? [] : [said.join(' ')];
}

function countLine({ rule, priority, from, readings, worst, worstAt, returned }: AlarmNow, facts: Facts, now: number): string {
  // Of silence there are no readings to count.
  if (readings === 0) return `Rule ${visible(rule)}: the last reading ${returned === null ? 'is' : 'before it was'} of ${at(from, now)}`;
  const worstText = worst === null || worstAt === null ? '' : `, the worst ${worst} at ${at(worstAt, now)}`;
  const counted = `${readings} reading${readings === 1 ? '' : 's'}`;
  // The readings themselves are within what this pump always shows.
  const what = facts.rule(rule, priority)?.isOfMedians ? `medians of ${counted} are far from what was usual` : `${counted} beyond the limit`;
  return `Rule ${visible(rule)}: ${what}${worstText}`;
}

function cameLate({ found }: AlarmNow, now: number): string {
  return `Its readings came late${found === undefined ? '' : `, at ${at(found, now)}`}.`;
}

function others(alarm: AlarmNow, facts: Facts): string[] {
  const active = facts.active().filter((other) => other !== alarm && !(other.pump === alarm.pump && other.rule === alarm.rule));
  const here = active.filter(({ pump }) => pump === alarm.pump);
  const same = active.filter(({ rule }) => rule === alarm.rule);
  return [
    ...(here.length === 0 ? [] : [`Also at this pump: ${here.slice(0, 5).map(({ rule }) => visible(rule)).join(', ')}`]),
    ...(same.length === 0 ? [] : [`The same at ${same.length} other pump${same.length === 1 ? '' : 's'}: ` +
      `${same.slice(0, 5).map(({ pump }) => visible(pump)).join(', ')}${same.length > 5 ? ` and ${same.length - 5} more` : ''}`]),
  ];
}

function at(time: string, now: number): string {
  return clock(parseTime(time)!, now);
}

/** A word as a shell takes it. */
function word(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : `'${visible(text).replaceAll('\'', '\'\\\'\'')}'`;
}

function link({ page }: Facts, path: string): string[] {
  return page === undefined ? [] : [`See: ${page}${path}`];
}
