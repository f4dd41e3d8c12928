import { join } from 'node:path';
import { Option } from 'commander';
import type { RunOptions } from '../commands/run.ts';
import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

const PRINT = 'each batch instead of the live view: its first readings, its alerts, and these joined with vendor and maintenance';

/** How `wellwatch run` is called. */
export const run: CommandUsage<RunOptions> = {
  name: 'run',
  summary: 'the receivers and the streaming job, until SIGTERM or Ctrl-C',
  examples: ['run', 'run --once --json', 'run --demo'],
  declare: (command) =>
    command
      .option('--once', 'take what lies in the inbox and the journal, then end')
      .option('--demo', 'sample data and simulated pumps, in var/demo unless another directory is given')
      .option('--quiet', 'without the live view')
      .addOption(new Option('--print', PRINT).conflicts(['json', 'quiet']))
      .option('--supervise', 'start again after a crash'),
  async action(options) {
    const { config } = await openContext(options, options.demo ? await demoDefaults() : {});
    return (await import('../commands/run.ts')).run(config, options);
  },
};

/** What the demo has instead of the general defaults; what somebody configures goes before it. */
async function demoDefaults(): Promise<Record<string, unknown>> {
  const { sampleReference } = await import('../../run/demo.ts');
  // A port of its own: a broker that is here already must not keep anybody from looking around.
  return { dataDir: join('var', 'demo'), receivers: { mqtt: { port: 0 } }, reference: sampleReference() };
}
