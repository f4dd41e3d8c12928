import { comparePriorities } from '../alarm/rule.ts';
import { contactText } from '../pump/contacts.ts';
import { visible } from '../text.ts';
import type { Facts } from './facts.ts';
import { doLine } from './help.ts';
import { summaryOf } from './summary.ts';
import { clock } from './times.ts';
import { type Item, saysOver } from './told.ts';

/** How many alarms of one message are listed, of how many it is said whom to call, and how many the first line names. */
const LISTED = 20;
const CALLED = 5;
const NAMED = 3;

/** The first line of a message about several alarms: `HIGH 2 alarms low-psi: A, B; 1 over: C`. */
export function manySummary(items: readonly Item[], facts: Facts, now: number): string {
  if (items.length === 1) return summaryOf(items[0], facts, now);
  const sorted = [...items].sort(byUrgency);
  const groups = [
    { some: sorted.filter(isGoing), say: (count: number, what: string) => `${sorted[0].alarm.priority.toUpperCase()} ${alarms(count)}${what}` },
    { some: sorted.filter(({ saying }) => saying === 'found'), say: (count: number, what: string) => `FOUND LATE: ${alarms(count)}${what}` },
    { some: sorted.filter((item) => !isGoing(item) && item.saying !== 'found'), say: (count: number, what: string) => `${count} over${what}` },
  ];
  return groups.filter(({ some }) => some.length > 0).map(({ some, say }) => `${say(some.length, ruleOf(some))}: ${names(some)}`).join('; ');
}

/** What is said of each of them, the worst first; and once what to do, where they are of one rule. */
export function manyLines(items: readonly Item[], facts: Facts, now: number): string[] {
  const sorted = [...items].sort(byUrgency);
  const going = sorted.filter(isGoing);
  const lines = sorted.slice(0, LISTED).flatMap((item) =>
    [summaryOf(item, facts, now), ...(isGoing(item) && going.length <= CALLED ? calls(item, facts) : [])]);
  const next = going.length === 0 ? undefined : facts.next(going[0].alarm);
  return [
    ...(ruleOf(going) === '' ? [] : doLine(going[0].alarm, facts)),
    ...lines,
    ...(items.length > LISTED ? [`and ${items.length - LISTED} more`] : []),
    ...(next ? [`Next: ${next.channels.join(', ')} at ${clock(next.at, now)}, if nobody acknowledges`] : []),
  ];
}

const isGoing = ({ saying }: Item) => !saysOver(saying);

function alarms(count: number): string {
  return `${count} alarm${count === 1 ? '' : 's'}`;
}

/** The rule of them all after a blank, or nothing where there are several. */
function ruleOf(items: readonly Item[]): string {
  const rules = new Set(items.map(({ alarm }) => alarm.rule));
  return rules.size === 1 && items[0].alarm.system === undefined ? ` ${visible(items[0].alarm.rule)}` : '';
}

function names(items: readonly Item[]): string {
  const shown = items.slice(0, NAMED).map(({ alarm }) => visible(alarm.pump || alarm.rule.replace(/^system:/, '')));
  return `${shown.join(', ')}${items.length > NAMED ? ` and ${items.length - NAMED} more` : ''}`;
}

function calls({ alarm: { pump, system } }: Item, facts: Facts): string[] {
  const contacts = system ? [] : facts.pump(pump)?.contacts ?? [];
  return contacts.length === 0 ? [] : [`  call ${contacts.map((one) => visible(contactText(one))).join(' or ')}`];
}

/** The order in which people read many: what goes on, the worst first, and then what is over. */
function byUrgency(one: Item, other: Item): number {
  return (
    Number(saysOver(one.saying)) - Number(saysOver(other.saying)) ||
    comparePriorities(one.alarm.priority, other.alarm.priority) ||
    (one.alarm.from < other.alarm.from ? -1 : Number(one.alarm.from > other.alarm.from))
  );
}
