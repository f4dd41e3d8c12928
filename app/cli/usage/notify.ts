import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

/** How `wellwatch notify test` is called. */
export const testChannel: CommandUsage<object, [channel: string]> = {
  name: 'test',
  summary: 'send a test message by a channel, all the way',
  examples: ['notify test duty'],
  declare: (command) => command.argument('<channel>', 'its name in notify.channels'),
  action: async (options, channel) => (await import('../commands/notify.ts')).testChannel(await openContext(options), channel),
};

/** How `wellwatch notify list` is called. */
export const listNotifications: CommandUsage<{ readonly failed?: boolean }> = {
  name: 'list',
  summary: 'what was told lately, what waits, and what was given up',
  examples: ['notify list', 'notify list --failed'],
  declare: (command) => command.option('--failed', 'only what was given up and can be sent again'),
  action: async (options) => (await import('../commands/notify.ts')).listNotifications(await openContext(options), options.failed ?? false),
};

/** How `wellwatch notify retry` is called. */
export const retryNotification: CommandUsage<object, [number: string]> = {
  name: 'retry',
  summary: 'send a message again that was given up, with the same id and the same bytes',
  examples: ['notify retry 17'],
  declare: (command) => command.argument('<number>', 'its number in "notify list --failed"'),
  action: async (options, number) => (await import('../commands/notify.ts')).retryNotification(await openContext(options), number),
};
