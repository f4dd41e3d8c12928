import type { AlarmTrialOptions } from '../commands/alarmTrial.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addTimes } from './period.ts';

/** How `wellwatch alarms try` is called. */
export const alarmTrial: CommandUsage<AlarmTrialOptions> = {
  name: 'try',
  summary: 'what rules would have made of the stored readings, beside those that were in force; stores and tells nothing',
  examples: ['alarms try --rules new-rules.yaml', 'alarms try --rules new-rules.yaml --from 2014-03-10 --to 2014-03-14 --json'],
  declare: (command) => addTimes(command)
    .option('--rules <file>', 'a file with `rules:` as in the configuration (default: those of the configuration)'),
  action: async (options) => (await import('../commands/alarmTrial.ts')).tryAlarms(await openContext(options), options),
};
