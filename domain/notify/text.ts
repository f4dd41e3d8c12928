import { comparePriorities } from '../alarm/rule.ts';
import { contactText } from '../pump/contacts.ts';
import { eventText } from '../pump/reference.ts';
import { formatTime, parseTime } from '../reading/wallClock.ts';
import { visible } from '../text.ts';
import type { AlarmNow } from './alarmNow.ts';
import type { Facts, PumpFacts } from './facts.ts';
import type { Item, Notice } from './told.ts';

/** A message as a person reads it, at night and on a phone: the first line says what is wrong. */
export interface Text {
  readonly summary: string;
  readonly lines: readonly string[];
}

/** How many alarms of one message are listed. */
const LISTED = 20;

/** The text of a message; `now` is the site's wall time. */
export function textOf({ items }: Notice, facts: Facts, now: number): Text {
  const site = `${visible(facts.site)}, ${clock(now, NaN)} (${facts.timezone})`;
  if (items.length > 1) return { summary: manySummary(items), lines: [...manyLines(items, facts, now), ...link(facts, '/'), site] };
  const [item] = items;
  const summary = summaryOf(item, facts, now);
  if (item.alarm.system) return { summary, lines: [...(isEnd(item) ? [] : [`Do: ${item.alarm.system.fix}`]), ...link(facts, '/'), site] };
  const detail = isEnd(item) ? endLines(item) : goingLines(item, facts, now);
  return { summary, lines: [...(item.why === undefined ? [] : [item.why]), ...detail, ...link(facts, pumpPath(item.alarm)), site] };
}

/** `HIGH TECHE psi 0 < 5 since 02:51 (4 min)`. */
export function summaryOf({ saying, alarm, flapping }: Item, facts: Facts, now: number): string {
  const name = `${alarm.priority.toUpperCase()} ${alarm.system ? visible(alarm.system.text) : `${visible(alarm.pump)} ${valueText(alarm, facts)}`}`;
  const from = clock(parseTime(alarm.from)!, now);
  const going = `${name} since ${from} (${length(now - parseTime(alarm.from)!)})`;
  switch (saying) {
    case 'raised': return flapping === undefined ? going : `${name} COMES AND GOES: ${flapping} times within 10 min, last since ${from}`;
    case 'worse': return `WORSE: ${going}`;
    case 'reminder': return `STILL ${going}`;
    case 'cleared': return alarm.cleared === null ? `OVER: ${name}, began ${from}` : `OVER: ${name}, ${span(alarm, now)}`;
    case 'withdrawn': return `WITHDRAWN: ${name} of ${from}`;
  }
}

const isEnd = ({ saying }: Item) => saying === 'cleared' || saying === 'withdrawn';

/** `psi 0 < 5`: the worst value, and what it should not be. */
function valueText({ rule, worst, priority }: AlarmNow, facts: Facts): string {
  const known = facts.rule(rule, priority);
  if (known?.measure === undefined) return known ? `${visible(rule)}: ${known.limit}` : visible(rule);
  return worst === null ? `${known.measure} ${known.limit}` : `${known.measure} ${worst} ${known.limit}`;
}

function span({ from, cleared, returned }: AlarmNow, now: number): string {
  const [begin, end] = [parseTime(from)!, parseTime(returned ?? cleared ?? from)!];
  return `${clock(begin, now)} to ${clock(end, now)} (${length(end - begin)})`;
}

function endLines({ saying, alarm }: Item): string[] {
  if (saying === 'withdrawn')
    return ['The readings were corrected, or the rule is another one now: what was told is not so. Nothing is to be done about it.'];
  const who = alarm.acknowledged;
  return [
    `Rule ${visible(alarm.rule)}; ${countText(alarm)}`,
    who ? `Acknowledged by ${visible(who.by)}${who.comment ? `: ${visible(who.comment)}` : ''}` : 'Nobody acknowledged it.',
  ];
}

function goingLines({ saying, alarm }: Item, facts: Facts, now: number): string[] {
  const rule = facts.rule(alarm.rule, alarm.priority);
  const pump = facts.pump(alarm.pump);
  const within = rule?.respondWithinMs === undefined ? '' : ` Within ${length(rule.respondWithinMs)}.`;
  const next = saying === 'reminder' ? undefined : facts.next(alarm);
  return [
    ...(rule?.guidance === undefined ? [] : [`Do: ${rule.guidance}${/[.!?]$/.test(rule.guidance) ? '' : '.'}${within}`]),
    `Rule ${visible(alarm.rule)}; ${countText(alarm)}${alarm.stale ? '. Nothing has come from the pump since' : ''}`,
    ...others(alarm, facts),
    ...(pump ? pumpLines(pump) : []),
    ...(next ? [`If nobody acknowledges, ${next.channels.join(', ')} is told at ${clock(next.at, now)}`] : []),
  ];
}

function countText({ readings, worst, worstAt }: AlarmNow): string {
  const beyond = `${readings} reading${readings === 1 ? '' : 's'} beyond the limit`;
  return worst === null || worstAt === null ? beyond : `${beyond}, the worst ${worst} at ${clock(parseTime(worstAt)!, parseTime(worstAt)!)}`;
}

function others(alarm: AlarmNow, facts: Facts): string[] {
  const active = facts.active().filter((other) => other !== alarm && !(other.pump === alarm.pump && other.rule === alarm.rule));
  const here = active.filter(({ pump }) => pump === alarm.pump);
  const same = active.filter(({ rule }) => rule === alarm.rule);
  return [
    ...(here.length === 0 ? [] : [`Also at this pump: ${here.slice(0, 5).map(({ rule }) => visible(rule)).join(', ')}`]),
    ...(same.length === 0 ? [] : [`The same at ${same.length} other pump${same.length === 1 ? '' : 's'}: ` +
      `${same.slice(0, 5).map(({ pump }) => visible(pump)).join(', ')}${same.length > 5 ? ', …' : ''}`]),
  ];
}

function pumpLines({ known, vendor, maintenance, contacts }: PumpFacts): string[] {
  const last = maintenance.at(-1);
  return [
    ...(contacts.length === 0 ? [] : [`Call: ${contacts.map((one) => visible(contactText(one))).join('; ')}`]),
    known && vendor ? `Pump: ${visible(vendor.type)} by ${visible(vendor.vendor)}, in service since ${visible(vendor.inService)}` :
      'Pump: unknown to the reference file',
    ...(last ? [`Last maintenance: ${visible(eventText(last))}`] : []),
  ];
}

function manySummary(items: readonly Item[]): string {
  const begun = items.filter((item) => !isEnd(item));
  const ended = items.length - begun.length;
  const highest = (['high', 'medium', 'low'] as const).find((priority) => begun.some(({ alarm }) => alarm.priority === priority));
  const rules = new Set(items.map(({ alarm }) => alarm.rule));
  const what = rules.size === 1 ? ` ${visible(items[0].alarm.rule)}` : '';
  return [
    ...(begun.length === 0 ? [] : [`${highest!.toUpperCase()} ${begun.length} alarms${what}`]),
    ...(ended === 0 ? [] : [`${ended}${begun.length === 0 ? ` alarms${what}` : ''} over`]),
  ].join(', ') + `: ${items.slice(0, 3).map(({ alarm }) => visible(alarm.pump || alarm.rule)).join(', ')}${items.length > 3 ? ', …' : ''}`;
}

/** The order in which people read many: what goes on, the worst first, and then what is over. */
function byUrgency(one: Item, other: Item): number {
  return (
    Number(isEnd(one)) - Number(isEnd(other)) ||
    comparePriorities(one.alarm.priority, other.alarm.priority) ||
    (one.alarm.from < other.alarm.from ? -1 : Number(one.alarm.from > other.alarm.from))
  );
}

function manyLines(items: readonly Item[], facts: Facts, now: number): string[] {
  const lines = [...items].sort(byUrgency).slice(0, LISTED).map((item) => summaryOf(item, facts, now));
  return items.length > LISTED ? [...lines, `and ${items.length - LISTED} more`] : lines;
}

function link({ page }: Facts, path: string): string[] {
  return page === undefined ? [] : [`See ${page}${path}`];
}

/** Where the page shows a pump. */
export function pumpPath({ pump }: AlarmNow): string {
  return `/pumps/${encodeURIComponent(pump)}`;
}

/** `02:51`, with its date when that is not today's. */
function clock(time: number, now: number): string {
  const [date, minute] = [formatTime(time).slice(0, 10), formatTime(time).slice(11, 16)];
  return Number.isNaN(now) || formatTime(now).slice(0, 10) !== date ? `${date} ${minute}` : minute;
}

/** `4 min`, `2 h 5 min`, `3 d`: as people say it. */
export function length(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
