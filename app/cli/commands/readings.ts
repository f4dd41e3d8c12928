import { counted } from '../../../domain/counted.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { readingPages } from '../../../query/pages/readingPages.ts';
import type { Context } from '../context.ts';
import { measureColumns } from '../measureHeads.ts';
import { type PeriodOptions, timeRange } from '../period.ts';
import { printable, TextTable } from '../textTable.ts';
import { noSuchPump, withTable } from '../withTable.ts';
import { readingLine, valueText } from '../jsonLines.ts';

export interface ReadingsOptions extends PeriodOptions {
  readonly pump: string;
}

/** `wellwatch readings`: stored readings of one pump in order of time. */
export function readings(context: Context, options: ReadingsOptions): Promise<number> {
  const selection = { pump: options.pump, ...timeRange(options, context.config.site.timezone) };
  return withTable(context, async (table, { sayEmpty }) => {
    const { output, json } = context;
    if (json) {
      for await (const page of readingPages(table, selection, readingLine)) {
        for (const line of page) output.line(line);
        await output.settle();
      }
      return;
    }
    const shown = new TextTable([{ head: 'At' }, ...measureColumns()], output);
    let count = 0;
    let first = '';
    let last = '';
    for await (const page of readingPages(table, selection, cells)) {
      shown.add(page);
      count += page.length;
      first ||= page[0][0];
      last = page.at(-1)![0]!;
      await output.settle();
    }
    const pump = printable(options.pump);
    if (count > 0) shown.end(`${counted(count, 'reading')} of ${pump}, ${first} to ${last}`);
    else if (!(await table.pumps()).includes(options.pump)) sayEmpty(noSuchPump(options.pump, await table.pumps()));
    else sayEmpty(`No readings of ${pump} in this time. "wellwatch pumps" lists the pumps that have some, and the last of each.`);
  });
}

function cells({ time, values }: Readings, row: number): string[] {
  return [formatTime(time[row]), ...values.map((column) => valueText(column[row]))];
}
