import type { AlarmState } from '../../../domain/alarm/acts/life.ts';
import { SITE } from '../../../domain/alarm/rule.ts';
import { counted } from '../../../domain/counted.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import type { Standing } from '../../../query/acts/actBook.ts';
import { alarmJson } from '../../../query/acts/alarmJson.ts';
import type { ListedFacts } from '../../../query/alarms/alarmIndex.ts';
import { listAlarms } from '../../../query/alarms/alarmList.ts';
import { openActBook } from '../../store/actBook.ts';
import { openAlarmIndex } from '../../store/alarmIndex.ts';
import { expectedPumps } from '../../store/reference.ts';
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
  const range = timeRange(period);
  const { config, json, output } = context;
  return withTable(context, async (table, { sayEmpty }) => {
    const reference = await expectedPumps(context.config, table, (text) => context.notes.say(text));
    const index = openAlarmIndex(config, table, { reference: () => reference, pump });
    await index.catchUp();
    const listed = await listAlarms(index, openActBook(config), { state, pump, rule, all, ...range });
    if (listed.length === 0) {
      if (pump !== undefined && pump !== SITE && !reference.pumps.has(pump) && !(await table.pumps()).includes(pump)) return sayEmpty(noSuchPump(pump));
      return sayEmpty(all || period.from !== undefined || period.to !== undefined
        ? 'No alarms here.'
        : `No alarm ${state === undefined ? 'needs anybody' : `is ${state}`} just now: "wellwatch alarms --all" lists those that were.`);
    }
    if (!json) return writeTable(context, listed);
    for (const standing of listed) {
      output.line(JSON.stringify(alarmJson(standing)));
      await output.settle();
    }
  });
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
