import { openSurface } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch doctor` is called. */
export const doctor: CommandUsage<{ readonly deep?: boolean }> = {
  name: 'doctor',
  summary: 'checks configuration, data directory, broker, store and reference; says what to do',
  examples: ['doctor', 'doctor --config site.yaml --json', 'doctor --deep'],
  declare: (command) => command.option('--deep', 'also reads every block of the table, the journal and the logs: minutes for large ones'),
  action: async (options) => (await import('../commands/doctor.ts')).doctor(openSurface(options), options),
};
