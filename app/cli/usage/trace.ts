import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch trace` is called. */
export const trace: CommandUsage<object, [pump: string, time: string]> = {
  name: 'trace',
  summary: 'where a stored reading came from: source, line, receipt, what it replaced',
  examples: ['trace COHUTTA 2014-03-10T01:01', 'trace COHUTTA 2014-03-10T01:01 --json'],
  declare: (command) => command.argument('<pump>', 'its id', pumpIdOf).argument('<time>', 'of the reading, in the wall clock of the site'),
  action: async (options, pump, time) => (await import('../commands/trace.ts')).trace(await openContext(options), pump, time),
};
