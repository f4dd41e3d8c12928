import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import type { SummarizeOptions } from '../commands/summarize.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addDays } from './period.ts';

/** How `wellwatch summarize` is called. */
export const summarize: CommandUsage<SummarizeOptions> = {
  name: 'summarize',
  summary: 'the daily batch: statistics of each pump and day',
  examples: ['summarize', 'summarize --metrics-file /var/lib/node_exporter/wellwatch.prom', 'summarize --date 2014-03-14 --pump LAGNAPPE'],
  declare: (command) => addDays(command)
    .option('--pump <id>', 'one pump only', pumpIdOf)
    .option('--worker <name>', 'with store.shared: only pumps of the partitions that this worker has, as its schedule does')
    .option('--metrics-file <file>', "writes when it last succeeded into a .prom file, for node_exporter's textfile collector; only of the " +
      'whole daily batch, so without days and pumps'),
  action: async (options) => (await import('../commands/summarize.ts')).summarize(await openContext(options), options),
};
