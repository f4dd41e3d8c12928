import type { RejectsOptions } from '../commands/rejects.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch rejects` is called. */
export const rejects: CommandUsage<RejectsOptions> = {
  name: 'rejects',
  summary: 'rows that could not be taken, and why',
  examples: ['rejects', 'rejects --source pumps.csv --limit 20', 'rejects --export mend.csv --source pumps.csv', 'rejects --clear --before 2026-01-01'],
  declare: (command) =>
    command
      .option('--source <name>', 'of one file or topic only')
      .option('--limit <n>', 'the newest n only')
      .option('--export <file>', 'those that can be mended as a CSV file, for a spreadsheet and then the inbox')
      .option('--by <name>', 'who mends them (default: the user of this machine); it is written down')
      .option('--clear', 'take them off the list, also beside a running job; the counts stay')
      .option('--before <time>', 'clear only what was received before this date or time of the site'),
  action: async (options) => (await import('../commands/rejects.ts')).rejects(await openContext(options), options),
};
