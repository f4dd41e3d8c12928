import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { Argument } from 'commander';
import type { Export, ExportOptions } from '../commands/export.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';
import { addTimes } from './period.ts';

const EXPORTS: readonly Export[] = ['readings', 'alerts', 'stats'];

/** How `wellwatch export` is called. */
export const exportTable: CommandUsage<Omit<ExportOptions, 'what' | 'file'>, [what: Export, file: string]> = {
  name: 'export',
  summary: 'readings, alerts or stats as a CSV or Parquet file',
  examples: [
    'export alerts alerts.csv --from 2014-03-14',
    'export readings readings.parquet',
    'export readings readings.csv --excel',
    'export readings - --pump LAGNAPPE | gzip > lagnappe.csv.gz',
  ],
  declare: (command) =>
    addTimes(command)
      .addArgument(new Argument('<what>', 'what to write').choices(EXPORTS))
      .argument('<file>', 'a .csv or .parquet file, or - for CSV on standard output')
      .option('--pump <id>', 'one pump only', pumpIdOf)
      .option('--excel', 'CSV as Excel reads it: with a BOM, and a space for the T of a time')
      .addHelpText('after', '\nAn export is for reading elsewhere and not for the inbox: its columns are not those of a file of readings.'),
  async action(options, what, file) {
    const { exportTable } = await import('../commands/export.ts');
    return exportTable(await openContext(options), { ...options, what, file });
  },
};
