import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { RetractOptions } from '../commands/retract.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch retract` is called. */
export const retract: CommandUsage<RetractOptions> = {
  name: 'retract',
  summary: 'take readings out that should never have come, with what follows from them',
  examples: [
    'retract --source bad.csv --reason "Wrong mapping" --dry-run', 'retract --source "#17" --reason "Wrong mapping"',
    'retract --pump TECHE --from 2014-03-13T06:00 --to 2014-03-13T09:00 --reason "The clock of the gateway was wrong"',
  ],
  declare: (command) =>
    command
      .option('--source <name>', 'all that came from a file or a topic so far, by name or by # and number, as "wellwatch receipts" lists them')
      .option('--pump <id>', 'of a pump, with --from and --to', pumpIdOf)
      .option('--from <time>', 'the first reading, in the wall clock of the site')
      .option('--to <time>', 'up to this time, not included; a date is included')
      .option('--reason <text>', 'why; it is written down')
      .option('--by <name>', 'who does it (default: the user of this machine); it is written down')
      .option('--dry-run', 'only tell what would be taken out'),
  action: async (options) => (await import('../commands/retract.ts')).retract(await openContext(options), options),
};
