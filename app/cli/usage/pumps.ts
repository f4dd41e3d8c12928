import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch pumps` is called. */
export const pumps: CommandUsage = {
  name: 'pumps',
  summary: 'the reference data, the last reading of each pump, unknown pumps',
  examples: ['pumps'],
  action: async (options) => (await import('../commands/pumps.ts')).pumps(await openContext(options)),
};
