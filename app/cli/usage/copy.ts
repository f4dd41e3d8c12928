import { Option } from 'commander';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

const HELP = `
What it needs: store.kind hbase in the configuration (see the README), readings in the embedded table of the data
directory, and no job that runs on it. Readings keep their times of receipt, alerts the thresholds that were in force.
It may be stopped with Ctrl-C and goes on where it was when it is run again. At the end both tables are read and
compared row by row; run after the end, it does only that. The embedded table stays as it is: remove its folder, table
in the data directory, when you need it no more.`;

/** How `wellwatch copy` is called. */
export const copy: CommandUsage = {
  name: 'copy',
  summary: 'moves the embedded table into HBase, resumable, verified',
  examples: ['copy --to hbase --config site.yaml'],
  declare: (command) =>
    command
      .addOption(new Option('--to <store>', 'which store').choices(['hbase']).makeOptionMandatory())
      .addHelpText('after', HELP),
  action: async (options) => (await import('../commands/copy.ts')).copy(await openContext(options)),
};
