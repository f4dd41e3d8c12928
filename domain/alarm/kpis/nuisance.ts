import { DAY_MS, dayOf, formatTime } from '../../reading/wallClock.ts';
import { bounded, byPumpAndRule, type CountedAlarm, ISA, type Kpi, type Raise, type ReportRange, share } from './kpi.ts';

const MINUTE_MS = 60_000;
const CHATTER = 3;
const FLEETING_MS = 10_000;
const WORST = 10;

/** What nobody needs: the same again and again, what is gone at once, what stays for days. Raises in order of time. */
export function nuisanceKpis(raises: readonly Raise[], all: readonly CountedAlarm[], range: ReportRange): Kpi[] {
  return [badActors(raises), chattering(raises), fleeting(raises), stale(all, range), priorities(raises)];
}

function badActors(raises: readonly Raise[]): Kpi {
  const all = [...byPumpAndRule(raises).values()].sort((a, b) => b.length - a.length);
  const groups = all.slice(0, WORST);
  const part = groups.reduce((sum, group) => sum + group.length, 0);
  const kpi = bounded({
    id: 'bad-actors', name: 'Share of the ten most frequent alarms', value: share(part, raises.length), unit: '%',
    target: 'at most 5 %, with a plan for each', source: ISA,
    details: {
      worst: groups.map((group) => ({
        pump: group[0].pump, rule: group[0].rule, alarms: group.length, share: share(group.length, raises.length),
        chattering: chatterOf(group), fleeting: fleetingOf(group).length,
      })),
    },
  }, 5);
  // Where no more than ten alarm at all, they are all of it: that says nothing of them.
  return all.length <= WORST ? { ...kpi, met: null } : kpi;
}

function chattering(raises: readonly Raise[]): Kpi {
  const groups = [...byPumpAndRule(raises).values()].filter((group) => chatterOf(group) > 0);
  return bounded({
    id: 'chattering', name: 'Alarms that came three times in a minute', value: groups.length, unit: '', target: '0, or a plan',
    source: ISA, details: { alarms: groups.map(([{ pump, rule }]) => ({ pump, rule })) },
  }, 0);
}

/** How many of the raises of a pump and rule, in order of time, are the third within a minute. */
export function chatterOf(group: readonly Pick<Raise, 'raised'>[]): number {
  return group.filter(({ raised }, i) => i >= CHATTER - 1 && raised - group[i - CHATTER + 1].raised <= MINUTE_MS).length;
}

function fleeting(raises: readonly Raise[]): Kpi {
  const found = [...byPumpAndRule(raises).values()].flatMap(fleetingOf);
  return bounded({
    id: 'fleeting', name: 'Alarms that were gone at once', value: found.length, unit: '', target: '0, or a plan', source: ISA,
    details: { share: share(found.length, raises.length) },
  }, 0);
}

/** Those of a pump and rule that lasted less than ten seconds, or one reading, and did not come again within a minute. */
function fleetingOf(group: readonly Raise[]): Raise[] {
  return group.filter(({ raised, returned, readings }, i) => {
    if (returned === null || !(returned - raised < FLEETING_MS || readings <= 1)) return false;
    return i + 1 >= group.length || group[i + 1].raised - returned > MINUTE_MS;
  });
}

function stale(all: readonly CountedAlarm[], { from, to }: ReportRange): Kpi {
  const days = new Map<number, number>();
  for (const { raised, cleared } of all) {
    if (raised === null) continue;
    const [begin, end] = [Math.max(from, raised + DAY_MS), Math.min(to, cleared ?? Infinity)];
    for (let day = dayOf(begin); day * DAY_MS < end && begin < end; day++) days.set(day, (days.get(day) ?? 0) + 1);
  }
  const standing = all.filter(({ raised, cleared }) => raised !== null && cleared === null && raised + DAY_MS <= to);
  return bounded({
    id: 'stale', name: 'Most alarms on a day that had been active for more than 24 h', value: Math.max(0, ...days.values()), unit: 'alarms',
    target: 'fewer than 5 on any day', source: ISA,
    details: { active: standing.map(({ pump, rule, from: since }) => ({ pump, rule, from: formatTime(since) })) },
  }, 4);
}

function priorities(raises: readonly Raise[]): Kpi {
  const count = (level: Raise['level']) => raises.filter((raise) => raise.level === level).length;
  const shareOf = (level: Raise['level']) => share(count(level), raises.length);
  return bounded({
    id: 'priorities', name: 'Share of alarms with high priority', value: shareOf('high'), unit: '%',
    target: 'about 5 % high, 15 % medium, 80 % low', source: ISA,
    details: { high: shareOf('high'), medium: shareOf('medium'), low: shareOf('low') },
  }, 5);
}
