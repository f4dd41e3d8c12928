import { Option } from 'commander';
import { ALARM_STATES } from '../../../domain/alarm/acts/life.ts';
import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { AlarmsOptions } from '../commands/alarms.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addTimes } from './period.ts';

/** How `wellwatch alarms` is called; what people do about alarms are commands below it. */
export const alarms: CommandUsage<AlarmsOptions> = {
  name: 'alarms',
  summary: 'alarms that need somebody, or their history; and what can be done about them',
  examples: ['alarms', 'alarms --pump LAGNAPPE --all --json', 'alarms --state shelved'],
  declare: (command) =>
    addTimes(command)
      .addOption(new Option('--state <state>', 'those that are in it').choices(ALARM_STATES))
      .option('--pump <id>', 'one pump only', pumpIdOf)
      .option('--rule <id>', 'one rule only')
      .option('--all', 'the history, in order of pump, rule and time; so is it with --from or --to'),
  action: async (options) => (await import('../commands/alarms.ts')).alarms(await openContext(options), options),
};
