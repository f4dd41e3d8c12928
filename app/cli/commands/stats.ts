import { counted } from '../../../domain/counted.ts';
import type { DayStats } from '../../../domain/day/dayStats.ts';
import { formatDay } from '../../../domain/reading/wallClock.ts';
import type { Context } from '../context.ts';
import { dayRange, type PeriodOptions } from '../period.ts';
import { measureColumns, rounded } from '../measureHeads.ts';
import { ListingSummary } from '../listingSummary.ts';
import { longestOf, TextTable } from '../textTable.ts';
import { noSuchPump, withTable } from '../withTable.ts';
import { numberText, statsLine } from '../jsonLines.ts';

export interface StatsOptions extends PeriodOptions {
  readonly pump?: string | undefined;
  readonly date?: string | undefined;
}

/** `wellwatch stats`: what the daily batch stored, by pump and day. */
export function stats(context: Context, options: StatsOptions): Promise<number> {
  const selection = { pump: options.pump, ...dayRange(options, context.config.site.timezone) };
  return withTable(context, async (table, { sayEmpty }) => {
    const { output, json } = context;
    const listed = new ListingSummary();
    const shown = new TextTable([
      { head: 'Pump', longest: longestOf(json ? [] : await table.pumps()) }, { head: 'Date' }, { head: 'Readings', align: 'right' },
      ...measureColumns(' min/avg/max'),
    ], output);
    for await (const days of table.stats(selection)) {
      for (const { pump, day } of days) listed.add(pump, formatDay(day));
      if (json) days.forEach((each) => output.line(statsLine(each)));
      else shown.add(days.map(cells));
      await output.settle();
    }
    const known = listed.count === 0 && options.pump !== undefined ? await table.pumps() : [];
    if (listed.count === 0) sayEmpty(options.pump !== undefined && !known.includes(options.pump)
      ? noSuchPump(options.pump, known)
      : 'No daily statistics here. They are made from stored readings by "wellwatch summarize", and each night by "wellwatch run".');
    else if (!json) shown.end(`${counted(listed.count, 'pump-day')} of ${listed.text()}`);
  }, { fromIndex: true });
}

function cells({ pump, day, count, measures }: DayStats): string[] {
  return [
    pump,
    formatDay(day),
    count.toLocaleString('en'),
    ...measures.map((one) => (one.count === 0 ? '–' : `${numberText(one.min)}/${rounded(one.avg)}/${numberText(one.max)}`)),
  ];
}
