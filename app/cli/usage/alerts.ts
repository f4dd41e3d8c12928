import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { AlertsOptions } from '../commands/alerts.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addTimes } from './period.ts';

/** How `wellwatch alerts` is called. */
export const alerts: CommandUsage<AlertsOptions> = {
  name: 'alerts',
  summary: 'alerts with vendor and maintenance, by pump and time',
  examples: ['alerts', 'alerts --pump LAGNAPPE --from 2014-03-14T12:00 --json'],
  declare: (command) =>
    addTimes(command)
      .option('--pump <id>', 'one pump only', pumpIdOf)
      .option('--all', 'each alert on a line of its own, instead of runs of them'),
  action: async (options) => (await import('../commands/alerts.ts')).alerts(await openContext(options), options),
};
