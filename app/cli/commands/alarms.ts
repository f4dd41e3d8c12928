import type { AlarmState } from '../../../domain/alarm/acts/life.ts';
import { SITE } from '../../../domain/alarm/rule.ts';
import { counted } from '../../../domain/counted.ts';
import { dayOf, formatDay, formatTime } from '../../../domain/reading/wallClock.ts';
import { conditionText } from '../../../domain/alarm/fold/conditionText.ts';
import { eventText, type Reference } from '../../../domain/pump/reference.ts';
import { lastBefore } from '../../../query/pumps/work.ts';
import type { Standing } from '../../../query/acts/actBook.ts';
import { alarmJson } from '../../../query/acts/alarmJson.ts';
import type { ListedFacts } from '../../../query/alarms/alarmFacts.ts';
import { listAlarms } from '../../../query/alarms/alarmList.ts';
import { openActBook } from '../../store/actBook.ts';
import { keepFound, openAlarmIndex } from '../../store/alarmIndex.ts';
import { expectedPumps, referenceFor } from '../../store/reference.ts';
import type { Context } from '../context.ts';
import { numberText } from '../jsonLines.ts';
import { type PeriodOptions, timeRange } from '../period.ts';
import { longestOf, printable, TextTable } from '../textTable.ts';
import { noSuchPump, withTable } from '../withTable.ts';

export interface AlarmsOptions extends PeriodOptions {
  readonly state?: AlarmState | undefined;
  readonly pump?: string | undefined;
  readonly rule?: string | undefined;
  /** The history. */
  readonly all?: boolean | undefined;
}

/** `wellwatch alarms`: those that need somebody, or the history. */
export function alarms(context: Context, { state, pump, rule, all, ...period }: AlarmsOptions): Promise<number> {
  const { config, json, output } = context;
  const range = timeRange(period, config.site.timezone);
  return withTable(context, async (table, { sayEmpty }) => {
    const isNarrow = !json && output.columns < ROOM; // then what was done before each is told too
    const reference = await (isNarrow ? referenceFor : expectedPumps)(context.config, table, (text) => context.notes.say(text));
    const index = openAlarmIndex(config, table, { reference: () => reference, pump, keeps: true });
    await index.catchUp();
    await keepFound(index, config);
    const listed = await listAlarms(index, await openActBook(config), { state, pump, rule, all, ...range });
    if (listed.length === 0) {
      const known = [...new Set([...await table.pumps(), ...reference.pumps.keys()])];
      if (pump !== undefined && pump !== SITE && !known.includes(pump)) return sayEmpty(noSuchPump(pump, known));
      return sayEmpty(all || period.from !== undefined || period.to !== undefined
        ? 'No alarms here.'
        : `No alarm ${state === undefined ? 'needs anybody' : `is ${state}`} just now: "wellwatch alarms --all" lists those that were.`);
    }
    if (!json) return isNarrow ? writeLines(context, listed, reference) : writeTable(context, listed);
    for (const standing of listed) {
      output.line(JSON.stringify(alarmJson(standing)));
      await output.settle();
    }
  }, { keeps: true });
}

/** With fewer columns of a terminal an alarm is three lines. */
const ROOM = 120;

/** What the page says of each: what is wrong and how bad, since when, and what was done before it and by whom. */
function writeLines({ output, config: { alarms: { rules } } }: Context, listed: readonly Standing<ListedFacts>[], reference: Reference): void {
  for (const { alarm, life: { state } } of listed) {
    const { pump, rule: id, priority, measure, from, cleared, worst, stale } = alarm;
    const rule = rules.find((one) => one.id === id);
    const last = lastBefore(reference.maintenance.get(pump) ?? [], formatDay(dayOf(from)));
    const wrong = rule ? conditionText(rule, priority) : id;
    const until = cleared === null ? (stale ? ', what is so now is unknown' : '') : ` until ${shortTime(cleared)}`;
    output.line(`${priority.toUpperCase().padEnd(6)} ${pump === SITE ? '* (all pumps)' : printable(pump)} ${wrong}${worst === null ? '' : `, worst ${numberText(worst)} ${measure ?? ''}`}`);
    output.line(`       ${state.replace('-', ', ')} since ${shortTime(from)}${until}`);
    output.line(`       ${last ? `before it ${printable(eventText(last))}` : 'no work before it is known'}`);
  }
  output.line(`\n${counted(listed.length, 'alarm')}`);
}

function shortTime(time: number): string {
  return formatTime(time).replace('T', ' ').replace(/:00$/, '');
}

const SOME_TIME = '2014-03-14T12:00:00';

function writeTable({ output }: Context, listed: readonly Standing<ListedFacts>[]): void {
  const shown = new TextTable([
    { head: 'Pump', longest: longestOf(listed.map(({ alarm }) => (alarm.pump === SITE ? '* (all pumps)' : printable(alarm.pump)))) },
    { head: 'Rule', longest: longestOf(listed.map(({ alarm }) => alarm.rule)), rank: 1 },
    { head: 'Priority', longest: 'medium' },
    { head: 'State', longest: 'returned-unacknowledged' },
    { head: 'From', longest: SOME_TIME },
    { head: 'Until', longest: SOME_TIME, rank: 2 },
    { head: 'Readings', align: 'right', rank: 3 },
    { head: 'Worst', align: 'right' },
  ], output);
  shown.add(listed.map(({ alarm, life }) => cellsOf(alarm, life.state)));
  shown.end(counted(listed.length, 'alarm'));
}

function cellsOf({ pump, rule, priority, measure, from, cleared, readings, worst, stale }: ListedFacts, state: AlarmState): string[] {
  return [
    pump === SITE ? '* (all pumps)' : printable(pump),
    rule,
    priority,
    state,
    formatTime(from),
    cleared === null ? (stale ? 'unknown' : '') : formatTime(cleared),
    readings.toLocaleString('en'),
    worst === null ? '' : `${numberText(worst)} ${measure ?? ''}`,
  ];
}
