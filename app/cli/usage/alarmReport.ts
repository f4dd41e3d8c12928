import { openContext } from '../context.ts';
import type { PeriodOptions } from '../period.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch alarms report` is called. */
export const alarmReport: CommandUsage<PeriodOptions> = {
  name: 'report',
  summary: 'how good the alarms are: the figures of ISA-18.2 with their targets, and the ten worst',
  examples: ['alarms report', 'alarms report --from 2014-03-10 --to 2014-03-14 --json'],
  declare: (command) => command
    .option('--from <day>', 'first day, YYYY-MM-DD (default: 30 days up to the last)')
    .option('--to <day>', 'last day, YYYY-MM-DD (default: today)'),
  action: async (options) => (await import('../commands/alarmReport.ts')).alarmReport(await openContext(options), options),
};
