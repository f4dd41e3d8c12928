import { parseTime } from '../reading/wallClock.ts';
import { visible } from '../text.ts';
import type { AlarmNow } from './alarmNow.ts';
import type { Facts } from './facts.ts';
import { isPast } from './late.ts';
import { clock, length, span } from './times.ts';
import type { Item } from './told.ts';

/** The first line of what is said of one alarm: `HIGH TECHE psi 0 < 5 since 02:51 (4 min)`. `now` is the site's wall time. */
export function summaryOf({ saying, alarm, flapping }: Item, facts: Facts, now: number): string {
  const name = `${alarm.priority.toUpperCase()} ${alarm.system ? visible(alarm.system.text) : `${visible(alarm.pump)} ${whatText(alarm, facts)}`}`;
  const from = clock(parseTime(alarm.from)!, now);
  // What is wrong with the site itself says by itself since when, where that matters.
  const going = alarm.system ? `${name}, for ${length(now - parseTime(alarm.from)!)}` : `${name} since ${from} (${length(now - parseTime(alarm.from)!)})`;
  switch (saying) {
    case 'raised':
      if (isPast(alarm)) return `FOUND LATE: ${name} since ${from}`;
      return flapping === undefined ? going : `${name} COMES AND GOES: ${flapping} times within 10 min, last since ${from}`;
    case 'worse': return `WORSE: ${going}`;
    case 'reminder': return `STILL ${going}`;
    case 'cleared': return alarm.cleared === null ? `OVER: ${name}, began ${from}` : `OVER: ${name}, ${lasted(alarm, now)}`;
    case 'found': return `FOUND LATE: ${name}, ${lasted(alarm, now)}`;
    case 'withdrawn': return `WITHDRAWN: ${name} of ${from}`;
  }
}

/** `psi 0 < 5`; of a rule that is in force no more its name. */
function whatText({ rule, worst, priority }: AlarmNow, facts: Facts): string {
  return facts.rule(rule, priority)?.what(worst) ?? visible(rule);
}

function lasted({ from, cleared, returned }: AlarmNow, now: number): string {
  return span(parseTime(from)!, parseTime(returned ?? cleared ?? from)!, now);
}
