import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch receipts` is called. */
export const receipts: CommandUsage<object, string[]> = {
  name: 'receipts',
  summary: 'what came from each file and topic, and what became of it',
  examples: ['receipts', 'receipts pumps.csv', 'receipts mqtt:pumps/A/readings --json'],
  declare: (command) => command.argument('[source]', 'of one file or topic only: its name, or # and its number'),
  action: async (options, source?: string) => (await import('../commands/receipts.ts')).receipts(await openContext(options), source),
};
