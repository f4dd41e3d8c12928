import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

const HELP = `
Nothing is written over: the data directory must not have a table or a journal, and no job may run on it. The backup is
read and compared first, and what was written afterwards. A restore that is cut off is begun anew by the same command;
until then nothing else opens the data directory. Files that lay elsewhere, such as the configuration, stay in the backup.`;

/** How `wellwatch restore` is called. */
export const restore: CommandUsage<object, [from: string]> = {
  name: 'restore',
  summary: 'puts a backup into an empty data directory, and verifies it',
  examples: ['restore /mnt/backup/2026-11-29 --data-dir /var/lib/wellwatch'],
  declare: (command) => command.argument('<dir>', 'the backup').addHelpText('after', HELP),
  action: async (options, from) => (await import('../commands/restore.ts')).restore(await openContext(options), from),
};
