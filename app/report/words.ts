import { conditionText } from '../../domain/alarm/fold/conditionText.ts';
import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import { type Measure, measureFacts } from '../../domain/reading/measures.ts';
import { DAY_MS, dayOf, formatTime } from '../../domain/reading/wallClock.ts';
import { SITE } from '../../domain/alarm/rule.ts';
import type { ListedFacts } from '../../query/alarms/alarmFacts.ts';
import type { Standing } from '../../query/acts/actBook.ts';
import type { SiteDays } from '../../query/report/siteDays.ts';
import type { AlarmState } from '../../domain/alarm/acts/life.ts';

type Days = Pick<SiteDays, 'fromDay' | 'toDay' | 'knownTo'>;

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `Friday, 14 March 2014`. */
export function dayText(day: number): string {
  return DAY.format(day * DAY_MS).replace(/^(\w+) /, '$1, ');
}

/** `19:39`, with its date where that is not the given day: `13 Mar 02:05`. Wall times. */
export function clockText(time: number, day: number): string {
  const minute = formatTime(time).slice(11, 16);
  return dayOf(time) === day ? minute : `${DATE.format(time)} ${minute}`;
}

/** A time within a report: with dates where that has several days. */
export function timeText(time: number, { fromDay, toDay }: Pick<Days, 'fromDay' | 'toDay'>): string {
  return clockText(time, fromDay === toDay ? fromDay : NaN);
}

/** A value of a measure with its decimals; `–` where there is none. */
export function valueText(value: number | null, measure: Measure): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const { digits } = measureFacts[measure];
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The same with its unit. */
export function amountText(value: number | null, measure: Measure): string {
  const { unit } = measureFacts[measure];
  return `${valueText(value, measure)}${unit === '' || value === null ? '' : ` ${unit}`}`;
}

/** What is wrong: `Pressure below 5 psi`; the rule's name where it is in force no more. */
export function wrongText({ rule, level, measure }: Pick<ListedFacts, 'rule' | 'level' | 'measure'>, rules: ReadonlyMap<string, AlarmRule>): string {
  const found = rules.get(rule);
  if (!found) return rule;
  const text = conditionText(found, level);
  const says = measure === null || text.includes(measureFacts[measure].label.toLowerCase());
  const whole = says ? text : `${measureFacts[measure].label} ${text}`;
  return whole[0].toUpperCase() + whole.slice(1);
}

const STATES: Readonly<Record<AlarmState, string>> = {
  'active-unacknowledged': 'nobody acknowledged it',
  'active-acknowledged': 'acknowledged',
  'returned-unacknowledged': 'over, and nobody acknowledged it',
  latched: 'over, to be reset',
  shelved: 'shelved',
  suppressed: 'suppressed',
  'out-of-service': 'out of service',
  pending: 'not long enough yet',
  normal: 'over',
};

/** How an alarm stands, for people: who has done something about it, and what that person said. */
export function standingText({ alarm: { late }, life: { state, acknowledged, shelved, outOfService } }: Standing<ListedFacts>): string {
  const by = acknowledged ?? shelved ?? outOfService;
  const isSaid = by !== acknowledged || state === 'active-acknowledged';
  const said = acknowledged?.comment ?? shelved?.reason ?? outOfService?.reason ?? '';
  return `${STATES[state]}${late ? ', found late' : ''}${by ? `${isSaid ? '' : ', acknowledged'} by ${by.by}` : ''}${said === '' ? '' : `: ${said}`}`;
}

/** Until when an alarm lasted, or why that is not known: what its pump did last is known up to `knownTo`. */
export function endText({ cleared, to, stale }: ListedFacts, knownTo: number, days: Days): string {
  if (cleared !== null) return timeText(cleared, days);
  return stale && knownTo < days.knownTo ? `unknown after ${timeText(Math.max(knownTo, to), days)}` : 'goes on';
}

/** What a pump is called; of SITE all of them. */
export function pumpText(pump: string): string {
  return pump === SITE ? 'All pumps' : pump;
}
