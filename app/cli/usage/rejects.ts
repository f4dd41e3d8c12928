import type { RejectsOptions } from '../commands/rejects.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch rejects` is called. */
export const rejects: CommandUsage<RejectsOptions> = {
  name: 'rejects',
  summary: 'rows that could not be taken, and why',
  examples: ['rejects', 'rejects --source pumps.csv --limit 20', 'rejects --clear --before 2026-01-01'],
  declare: (command) =>
    command
      .option('--source <name>', 'of one file or topic only')
      .option('--limit <n>', 'the newest n only')
      .option('--clear', 'take them off the list, also beside a running job; the counts stay')
      .option('--before <time>', 'clear only what was received before this date or time of the site'),
  action: async (options) => (await import('../commands/rejects.ts')).rejects(await openContext(options), options),
};
