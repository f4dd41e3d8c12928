import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch status` is called. */
export const status: CommandUsage = {
  name: 'status',
  summary: 'the running job: receivers, rate, delays, last batches, the balance',
  examples: ['status', 'status --json'],
  action: async (options) => (await import('../commands/status.ts')).status(await openContext(options)),
};
