import { openSurface } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch doctor` is called. */
export const doctor: CommandUsage = {
  name: 'doctor',
  summary: 'checks configuration, data directory, broker, store and reference; says what to do',
  examples: ['doctor', 'doctor --config site.yaml --json'],
  action: async (options) => (await import('../commands/doctor.ts')).doctor(openSurface(options), options),
};
