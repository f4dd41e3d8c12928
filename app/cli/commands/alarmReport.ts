import type { Kpi } from '../../../domain/alarm/kpis/kpi.ts';
import { formatDay } from '../../../domain/reading/wallClock.ts';
import { kpiJson, reportDays, siteReport } from '../../../query/acts/siteReport.ts';
import { openActBook } from '../../store/actBook.ts';
import { keepFound, openAlarmIndex } from '../../store/alarmIndex.ts';
import { readDeliveries } from '../../store/outboxes.ts';
import { expectedPumps } from '../../store/reference.ts';
import type { Context } from '../context.ts';
import { dayRange, type PeriodOptions } from '../period.ts';
import { printable, TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';

/** `wellwatch alarms report`: a line a figure. */
export async function alarmReport(context: Context, period: PeriodOptions): Promise<number> {
  const asked = dayRange(period, context.config.site.timezone);
  return withTable(context, async (table) => {
    const book = await openActBook(context.config);
    const reference = await expectedPumps(context.config, table, (text) => context.notes.say(text));
    const index = openAlarmIndex(context.config, table, { reference: () => reference, keeps: true });
    await index.catchUp();
    await keepFound(index, context.config);
    const days = reportDays(book, asked);
    const kpis = await siteReport({
      book, deliveries: await readDeliveries(context.config, table),
      source: { alarmsOf: async (pump) => index.alarmsOf(pump), pumps: async () => index.pumps },
    }, days);
    if (context.json) for (const kpi of kpis) context.output.line(JSON.stringify(kpiJson(kpi)));
    else writeTables(context, kpis, `${formatDay(days.fromDay)} to ${formatDay(days.toDay)}`);
  }, { keeps: true });
}

interface Actor {
  readonly pump: string;
  readonly rule: string;
  readonly alarms: number;
  readonly chattering: number;
  readonly fleeting: number;
}

function writeTables({ output }: Context, kpis: readonly Kpi[], days: string): void {
  const figures = new TextTable([
    { head: 'Figure' }, { head: 'Value', align: 'right' }, { head: 'Target' }, { head: '' }, { head: 'Source', rank: 1 },
  ], output);
  figures.add(kpis.map(({ name, value, unit, target, met, source }) => [
    name, value === null ? 'unknown' : `${shown(value)} ${unit}`.trim(), target ?? '', met === null ? '' : met ? 'met' : 'NOT MET', source,
  ]));
  figures.end(days);
  const worst = (kpis.find(({ id }) => id === 'bad-actors')?.details.worst ?? []) as readonly Actor[];
  if (worst.length === 0) return;
  output.line('');
  const actors = new TextTable([
    { head: 'Most frequent' }, { head: 'Rule' }, { head: 'Alarms', align: 'right' }, { head: 'Chattering', align: 'right' },
    { head: 'Gone at once', align: 'right' },
  ], output);
  actors.add(worst.map(({ pump, rule, alarms, chattering, fleeting }) =>
    [printable(pump), rule, String(alarms), String(chattering), String(fleeting)]));
  actors.end();
}

/** Three digits that mean something. */
function shown(value: number): string {
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumFractionDigits: 4 });
}
