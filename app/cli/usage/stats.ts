import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { StatsOptions } from '../commands/stats.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addDays } from './period.ts';

/** How `wellwatch stats` is called. */
export const stats: CommandUsage<StatsOptions> = {
  name: 'stats',
  summary: 'what the daily batch stored, by pump and day',
  examples: ['stats --pump LAGNAPPE', 'stats --from 2014-03-10 --to 2014-03-12 --json'],
  declare: (command) => addDays(command).option('--pump <id>', 'one pump only', pumpIdOf),
  action: async (options) => (await import('../commands/stats.ts')).stats(await openContext(options), options),
};
