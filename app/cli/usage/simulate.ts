import { Option } from 'commander';
import type { SimulateOptions } from '../commands/simulate.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch simulate` is called. */
export const simulate: CommandUsage<SimulateOptions> = {
  name: 'simulate',
  summary: 'generated readings, always the same for the same seed',
  examples: ['simulate --files 3', 'simulate --mqtt mqtt://127.0.0.1:1883 --rows 1000'],
  declare: (command) =>
    command
      .addOption(new Option('--files <n>', 'how many files').conflicts('mqtt'))
      .option('--mqtt <url>', 'publish to a broker instead')
      .option('--rows <n>', 'how many rows in all')
      .option('--seed <s>', 'which sequence')
      .option('--corrupt <share>', 'share of bad rows, from 0 to 1')
      .option('--out <dir>', 'where the files go (default: the inbox)'),
  action: async (options) => (await import('../commands/simulate.ts')).simulate(await openContext(options), options),
};
