import type { PreviewCommandOptions } from '../commands/preview.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch preview` is called. */
export const preview: CommandUsage<PreviewCommandOptions, [path: string]> = {
  name: 'preview',
  summary: 'what a file of any shape would become, and the configuration for it; stores nothing',
  examples: ['preview export.csv', 'preview trend.csv --date-order day --pump W12', 'preview - < message.json'],
  declare: (command) =>
    command
      .argument('<file>', 'a file, or - for standard input')
      .option('--format <name>', 'read it by this format of the configuration')
      .option('--date-order <day|month>', 'whether day or month comes first, where nothing proves it')
      .option('--decimal <comma|point>', 'what stands before the decimals, where nothing proves it')
      .option('--pump <id>', 'the pump that all of it is of')
      .option('--pump-column <name>', 'the column, or the path in JSON, that has the pump’s id')
      .option('--measure <name=source...>', 'which name in the file is which measure, such as psi=Druck')
      .option('--good <words>', 'the words of good quality, with commas between'),
  action: async (options, path) => (await import('../commands/preview.ts')).preview(await openContext(options), path, options),
};
