import { resolve } from 'node:path';
import { AppError } from '../../../domain/errors.ts';
import { formatDay, today } from '../../../domain/reading/wallClock.ts';
import { openReport } from '../../report/openReport.ts';
import { reportPage } from '../../report/reportPage.ts';
import { reportText } from '../../report/reportText.ts';
import type { Context } from '../context.ts';
import { dayRange, type PeriodOptions } from '../period.ts';
import { checkPlace, writeLines, writeWhole } from '../wholeFile.ts';
import { withTable } from '../withTable.ts';

export interface ReportOptions extends PeriodOptions {
  readonly date?: string | undefined;
  readonly file: string;
}

/** Standard output in place of a file: where the shell's user may write and this one may not. */
const STDOUT = '-';

/** `wellwatch report`: a page of the site's days, which appears whole or not at all; `-` is standard output. */
export function report(context: Context, { file, ...period }: ReportOptions): Promise<number> {
  const { config, notes, json, output } = context;
  if (file === STDOUT && json) throw new AppError('USAGE', 'expected a file with --json: the page itself goes to standard output');
  if (file !== STDOUT && !/\.html?$/i.test(file)) throw new AppError('USAGE', `expected a file whose name ends in .html, or -, got "${file}"`);
  if (file !== STDOUT) checkPlace(file);
  const now = Date.now();
  const days = daysOf(period, today(new Date(now), config.site.timezone), config.site.timezone);
  return withTable(context, async (table) => {
    const view = await openReport({ config, table, days, now, warn: (text) => notes.say(text) });
    const page = reportPage(view).trimEnd();
    if (file === STDOUT) output.line(page);
    else await writeWhole(resolve(file), (temporary) => writeLines(temporary, async (lines) => {
      lines.line(page);
      await lines.flush();
    }));
    const said = reportText(view);
    if (json) output.line(JSON.stringify({ file, from: formatDay(days.fromDay), to: formatDay(days.toDay), ...said }));
    else notes.say(file === STDOUT ? said.summary : `${said.summary}\nWritten to ${file}.`);
  });
}

/** Those that were asked for, or yesterday; one day where only one end is given. */
function daysOf(period: Omit<ReportOptions, 'file'>, today: number, zone: string): { fromDay: number; toDay: number } {
  const { fromDay, toDay } = dayRange(period, zone);
  const last = toDay ?? (fromDay === undefined ? today - 1 : Math.max(fromDay, today - 1));
  return { fromDay: fromDay ?? last, toDay: last };
}
