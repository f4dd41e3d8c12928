import type { Alert } from '../../../domain/alarm/alert.ts';
import { limitText } from '../../../domain/alarm/rule.ts';
import { counted } from '../../../domain/counted.ts';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { enrich } from '../../../domain/alarm/enriched.ts';
import { eventText, type Reference } from '../../../domain/pump/reference.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { alertPages } from '../../../query/alarms/alertPages.ts';
import { type AlertGroup, alertGroups } from '../../../query/alarms/alertGroups.ts';
import type { Table } from '../../../storage/table/table.ts';
import { openAlarmIndex } from '../../store/alarmIndex.ts';
import type { Context } from '../context.ts';
import { type PeriodOptions, timeRange } from '../period.ts';
import { ListingSummary } from '../listingSummary.ts';
import { type Column, longestOf, printable, TextTable } from '../textTable.ts';
import { noSuchPump, withTable } from '../withTable.ts';
import { alertHead, maintenanceJson, numberText, vendorJson } from '../jsonLines.ts';
import { referenceFor } from '../../store/reference.ts';

export interface AlertsOptions extends PeriodOptions {
  readonly pump?: string | undefined;
  /** For people: each alert on a line of its own. */
  readonly all?: boolean | undefined;
}

/** `wellwatch alerts`: alerts joined with vendor and maintenance, in order of pump and time. For people, those of an alarm are one line. */
export function alerts(context: Context, options: AlertsOptions): Promise<number> {
  const selection = { pump: options.pump, ...timeRange(options, context.config.site.timezone) };
  return withTable(context, async (table, { sayEmpty, away }) => {
    const reference = await referenceFor(context.config, table, (text) => context.notes.say(text));
    const pages = alertPages(table, selection);
    // What belongs to one alarm is told by the readings between alerts.
    const apart = options.all === true || away;
    const count = await (context.json ? writeJson : apart ? writeAll : writeGroups)(context, { table, pages, reference });
    if (count > 0) return;
    const known = await table.pumps();
    if (options.pump !== undefined && !known.includes(options.pump)) return sayEmpty(noSuchPump(options.pump, known));
    const whose = options.pump === undefined ? '' : ` of ${printable(options.pump)}`;
    sayEmpty(
      `No alerts${whose} here: no stored reading of that time breaks a rule ` +
      `(${context.config.rules.map(({ id }) => id).join(', ') || 'there are none'}).`,
    );
  }, { fromIndex: true });
}

const SOME_TIME = '2014-03-14T12:00:00';

interface Source {
  readonly table: Table;
  readonly pages: AsyncIterable<readonly Alert[]>;
  readonly reference: Reference;
}

/** Gives the number of alerts, as the others do. */
async function writeJson({ output }: Context, { pages, reference }: Source): Promise<number> {
  let count = 0;
  for await (const page of pages) {
    const { vendor, maintenance } = enrich(page[0], reference); // a page is of one pump
    const joined = `,"known":${vendor !== null},"vendor":${vendorJson(vendor)},"maintenance":${maintenanceJson(maintenance)}}`;
    count += page.length;
    for (const alert of page) {
      output.line(alertHead(alert) + joined);
      await output.settle();
    }
  }
  return count;
}

async function writeAll({ output }: Context, { table, pages, reference }: Source): Promise<number> {
  const listed = new ListingSummary();
  const heads = await headsFor(table, reference);
  const shown = new TextTable([
    heads.pump, { head: 'At', longest: SOME_TIME }, { head: 'Rule', rank: 2 }, { head: 'Measure', longest: longestOf(MEASURES) },
    { head: 'Value', align: 'right' }, { head: 'Limit', align: 'right', rank: 1 }, ...heads.facts,
  ], output);
  for await (const page of pages) {
    const facts = factsOf(page[0].pump, reference);
    for (const alert of page) listed.add(alert.pump, formatTime(alert.time));
    shown.add(
      page.map(({ pump, time, rule, measure, value, threshold }) => [
        pump,
        formatTime(time),
        rule,
        measure,
        numberText(value),
        numberText(threshold),
        ...facts,
      ]),
    );
    await output.settle();
  }
  return ended(shown, listed);
}

async function writeGroups({ config, output }: Context, { table, pages, reference }: Source): Promise<number> {
  const listed = new ListingSummary();
  const index = openAlarmIndex(config, table, { reference: () => reference });
  await index.catchUp();
  const heads = await headsFor(table, reference);
  const shown = new TextTable([
    heads.pump, { head: 'Rule', rank: 1 }, { head: 'From', longest: SOME_TIME }, { head: 'To', longest: SOME_TIME },
    { head: 'Readings', align: 'right' }, { head: 'Worst', align: 'right' }, { head: 'Limit', align: 'right', rank: 2 }, ...heads.facts,
  ], output);
  const seen = async function* (): AsyncGenerator<readonly Alert[]> {
    for await (const page of pages) {
      for (const alert of page) listed.add(alert.pump, formatTime(alert.time));
      yield page;
    }
  };
  for await (const groups of alertGroups(seen(), { alarmsOf: (pump) => index.alarmsOf(pump), closeMs: config.alarms.holdMs })) {
    shown.add(groups.map((group) => groupCells(group, reference)));
    await output.settle();
  }
  return ended(shown, listed);
}

function ended(shown: TextTable, listed: ListingSummary): number {
  if (listed.count > 0) shown.end(`${counted(listed.count, 'alert')} of ${listed.text()}`);
  return listed.count;
}

/** Columns that are as wide for the first pump as for the last. */
async function headsFor(table: Table, reference: Reference): Promise<{ pump: Column; facts: readonly Column[] }> {
  const ids = await table.pumps();
  const facts = ids.map((id) => factsOf(id, reference));
  return {
    pump: { head: 'Pump', longest: longestOf(ids) },
    facts: ['Made by', 'Last maintenance'].map((head, i) => ({
      head,
      longest: longestOf(facts.map((each) => each[i])),
      clipTo: 12,
      rank: 3 + i,
    })),
  };
}

function groupCells({ first, last, count, worst }: AlertGroup, reference: Reference): string[] {
  const { pump, rule, measure } = first;
  const from = formatTime(first.time);
  const to = formatTime(last.time);
  const sameDay = from.slice(0, 10) === to.slice(0, 10);
  return [
    pump,
    rule,
    from,
    count === 1 ? '' : sameDay ? to.slice(11) : to,
    count.toLocaleString('en'),
    `${numberText(worst)} ${measure}`,
    limitText(first),
    ...factsOf(pump, reference),
  ];
}

function factsOf(pump: string, reference: Reference): [string, string] {
  const known = reference.pumps.get(pump);
  const last = reference.maintenance.get(pump)?.at(-1);
  return [known ? `${known.vendor} ${known.type}` : 'unknown pump', last ? eventText(last) : ''];
}
