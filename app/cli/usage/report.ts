import type { ReportOptions } from '../commands/report.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addDays } from './period.ts';

/** How `wellwatch report` is called. */
export const report: CommandUsage<Omit<ReportOptions, 'file'>, [file: string]> = {
  name: 'report',
  summary: "the site's day as one page of HTML: what alarmed, what was done, curves, figures, what is missing",
  examples: ['report yesterday.html', 'report --date 2014-03-14 friday.html', 'report --from 2014-03-10 --to 2014-03-14 week.html'],
  declare: (command) => addDays(command)
    .argument('<file>', 'a .html file, or - for standard output')
    .addHelpText('after', '\nWithout days it is about yesterday. "summary: { report: [CHANNEL] }" sends it each morning.'),
  action: async (options, file) => (await import('../commands/report.ts')).report(await openContext(options), { ...options, file }),
};
