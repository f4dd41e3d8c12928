import { openContext } from '../context.ts';
import type { CommandUsage } from './command.ts';

const ROLE = 'read, which is all that looking takes; operate, to acknowledge alarms, comment on them and shelve them for a while; ' +
  'or manage, for longer shelves, pumps out of service, resets and all the rest';

/** How `wellwatch token add` is called. */
export const addToken: CommandUsage<{ readonly role: string; readonly expires?: string }, [name: string]> = {
  name: 'add',
  summary: 'make a token for the page and the API; it is shown once and kept as a hash',
  examples: ['token add dashboard --role read', 'token add anna --role operate', 'token add contractor --role read --expires 90d'],
  declare: (command) => command.argument('<name>', 'whose token it is, a person or a station: what is done with it is written down under this name')
    .requiredOption('--role <role>', ROLE)
    .option('--expires <duration>', 'so long it holds, such as 90d or 12h (default: until it is removed)'),
  async action(options, name) {
    const { addToken } = await import('../commands/token.ts');
    return addToken(await openContext(options), { name, role: options.role, expires: options.expires });
  },
};

/** How `wellwatch token list` is called. */
export const listTokens: CommandUsage = {
  name: 'list',
  summary: 'who has a token',
  examples: ['token list'],
  action: async (options) => (await import('../commands/token.ts')).listTokens(await openContext(options)),
};

/** How `wellwatch token remove` is called. */
export const removeToken: CommandUsage<object, [name: string]> = {
  name: 'remove',
  summary: 'take a token back',
  examples: ['token remove dashboard'],
  declare: (command) => command.argument('<name>', 'whose token it is'),
  action: async (options, name) => (await import('../commands/token.ts')).removeToken(await openContext(options), name),
};
