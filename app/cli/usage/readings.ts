import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { ReadingsOptions } from '../commands/readings.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addTimes } from './period.ts';

/** How `wellwatch readings` is called. */
export const readings: CommandUsage<ReadingsOptions> = {
  name: 'readings',
  summary: 'stored readings of a pump',
  examples: ['readings --pump LAGNAPPE --from 2014-03-14 --to 2014-03-14', 'readings --pump LAGNAPPE --json | head'],
  declare: (command) => addTimes(command).requiredOption('--pump <id>', 'which pump', pumpIdOf),
  action: async (options) => (await import('../commands/readings.ts')).readings(await openContext(options), options),
};
