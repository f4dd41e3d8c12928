import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

const HELP = `
The folder must be new; its disk needs room for all of it. It holds the table, the journal, what waits in the inbox, acts,
rules, messages, rejects and tokens as of one moment, and the configuration and reference files; not the files in done/,
which are in the table, and no private keys. It has its name only once it is whole, on disk, and read again.`;

/** How `wellwatch backup` is called. */
export const backup: CommandUsage<object, [to: string]> = {
  name: 'backup',
  summary: 'copies the data directory as of one moment, while it runs, and verifies it',
  examples: ['backup /mnt/backup/2026-11-29', 'backup /mnt/backup/today --config site.yaml --json'],
  declare: (command) => command.argument('<dir>', 'the new folder').addHelpText('after', HELP),
  action: async (options, to) => (await import('../commands/backup.ts')).backup(await openContext(options), to, options.config),
};
