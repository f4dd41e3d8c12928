import { Option } from 'commander';
import { ACT_KINDS } from '../../../domain/alarm/acts/act.ts';
import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { ActsOptions } from '../commands/acts.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addTimes } from './period.ts';

/** How `wellwatch acts` is called. */
export const acts: CommandUsage<ActsOptions> = {
  name: 'acts',
  summary: 'who did what about alarms, and when; changes of rules too',
  examples: ['acts', 'acts --pump TECHE --from 2026-11-01', 'acts --kind settings --json'],
  declare: (command) =>
    addTimes(command)
      .option('--pump <id>', 'one pump only', pumpIdOf)
      .option('--rule <id>', 'one rule only')
      .option('--by <name>', 'of one person only')
      .addOption(new Option('--kind <kind>', 'of one kind only').choices(ACT_KINDS)),
  action: async (options) => (await import('../commands/acts.ts')).acts(await openContext(options), options),
};
