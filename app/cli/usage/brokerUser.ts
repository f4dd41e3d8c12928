import { openContext } from '../context.ts';
import type { NewBrokerUser } from '../commands/brokerUser.ts';
import type { CommandUsage } from './command.ts';

const collect = (filter: string, before: readonly string[] = []): string[] => [...before, filter];

/** How `wellwatch broker-user add` is called. */
export const addBrokerUser: CommandUsage<NewBrokerUser, [name: string]> = {
  name: 'add',
  summary:
    'make a user of the embedded broker. The password is the first line of standard input; a terminal is asked for it; otherwise one is ' +
    'made, shown once',
  examples: [
    'broker-user add gateway',
    "broker-user add gateway --topic 'pumps/%u/readings'",
    "broker-user add dashboard --read 'pumps/#'",
    'pass show gateway | wellwatch ' + 'broker-user add gateway --password-stdin',
  ],
  declare: (command) =>
    command
      .argument('<name>', 'letters, digits, dots, dashes and underscores')
      .option(
        '--topic <filter>',
        'what it may publish, %u being its name; may stand several times (default: receivers.mqtt.topic, or nothing with --read)',
        collect,
      )
      .option('--read <filter>', 'what it may subscribe to, likewise (default: nothing)', collect)
      .option('--password-stdin', 'wait for the password on standard input')
      .option('--generate', 'make a password, whatever standard input is'),
  async action(options, name) {
    const { addBrokerUser } = await import('../commands/brokerUser.ts');
    return addBrokerUser(await openContext(options), name, options);
  },
};

/** How `wellwatch broker-user list` is called. */
export const listBrokerUsers: CommandUsage = {
  name: 'list',
  summary: 'who may publish what, and read what',
  examples: ['broker-user list'],
  action: async (options) => (await import('../commands/brokerUser.ts')).listBrokerUsers(await openContext(options)),
};

/** How `wellwatch broker-user remove` is called. */
export const removeBrokerUser: CommandUsage<object, [name: string]> = {
  name: 'remove',
  summary: 'let a user in no longer; its connections end',
  examples: ['broker-user remove gateway'],
  declare: (command) => command.argument('<name>', 'who'),
  action: async (options, name) => (await import('../commands/brokerUser.ts')).removeBrokerUser(await openContext(options), name),
};
