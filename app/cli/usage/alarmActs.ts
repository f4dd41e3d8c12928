import type { Command } from 'commander';
import { pumpIdOf } from '../../../domain/pump/pumpId.ts';
import { openContext } from '../context.ts';
import type { AnyUsage, CommandUsage } from './command.ts';

const load = () => import('../commands/alarmActs.ts');

const PUMP = 'its pump, as "wellwatch pumps" lists it';
const RULE = 'the id of its rule';
const COMMENT = 'what whoever comes next should know';

function addBy(command: Command): Command {
  return command.option('--by <name>', 'who does it (default: the user of this machine); it is written down');
}

type By = { readonly by?: string };
type Said = By & { readonly comment?: string };

const ack: CommandUsage<Said & { readonly for?: string }, [pump: string, rule: string]> = {
  name: 'ack',
  summary: 'say that an alarm was seen: it is told no more, unless it gets worse than it is now',
  examples: ['alarms ack TECHE low-psi --comment "On my way"', 'alarms ack TECHE low-psi --for 2h'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf).argument('<rule>', RULE)
    .option('--comment <text>', COMMENT)
    .option('--for <duration>', 'holds so long, such as 2h (default: until the alarm is over)')),
  action: async (options, pump, rule) => (await load()).acknowledge(await openContext(options), [pump, rule], options),
};

const comment: CommandUsage<By, [pump: string, rule: string, text: string]> = {
  name: 'comment',
  summary: 'note something about an alarm',
  examples: ['alarms comment TECHE low-psi "Suction valve was closed"'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf).argument('<rule>', RULE).argument('<text>', COMMENT)),
  action: async (options, pump, rule, text) => (await load()).comment(await openContext(options), [pump, rule, text], options),
};

const shelve: CommandUsage<By & { readonly for?: string; readonly once?: boolean; readonly reason: string }, [pump: string, rule: string | undefined]> = {
  name: 'shelve',
  summary: 'set the alarms of a pump aside for a time, of one rule or of all',
  examples: ['alarms shelve TECHE low-psi --for 2h --reason "Filter is being changed"', 'alarms shelve TECHE --once --reason Testing'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf).argument('[rule]', `${RULE} (default: all)`)
    .option('--for <duration>', 'for so long, such as 2h: at most three times alarms.shelve')
    .option('--once', 'only what goes on now, until it is over (and at most for --for)')
    .requiredOption('--reason <text>', 'why: whoever comes next wants to know')),
  action: async (options, pump, rule) => (await load()).shelve(await openContext(options), [pump, rule], options),
};

const unshelve: CommandUsage<Said, [pump: string, rule: string | undefined]> = {
  name: 'unshelve',
  summary: 'take alarms from the shelf before their time',
  examples: ['alarms unshelve TECHE', 'alarms unshelve TECHE low-psi'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf).argument('[rule]', `${RULE} (default: all)`)
    .option('--comment <text>', COMMENT)),
  action: async (options, pump, rule) => (await load()).unshelve(await openContext(options), [pump, rule], options),
};

const outOfService: CommandUsage<By & { readonly reason: string; readonly review: string }, [pump: string]> = {
  name: 'out-of-service',
  summary: 'take a pump out: its alarms are told to nobody until it is returned',
  examples: ['alarms out-of-service TECHE --reason "Motor is in the workshop" --review 2026-12-15'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf)
    .requiredOption('--reason <text>', 'why: whoever comes next wants to know')
    .requiredOption('--review <date>', 'when somebody has to look at it again, YYYY-MM-DD')),
  action: async (options, pump) => (await load()).outOfService(await openContext(options), pump, options),
};

const returned: CommandUsage<Said, [pump: string]> = {
  name: 'return',
  summary: 'bring a pump back that was out of service',
  examples: ['alarms return TECHE --comment "New motor"'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf).option('--comment <text>', COMMENT)),
  action: async (options, pump) => (await load()).returnPump(await openContext(options), pump, options),
};

const reset: CommandUsage<Said, [pump: string, rule: string]> = {
  name: 'reset',
  summary: 'let go of a latched alarm that is over and acknowledged',
  examples: ['alarms reset TECHE low-psi --comment "Looked at it, all well"'],
  declare: (command) => addBy(command.argument('<pump>', PUMP, pumpIdOf).argument('<rule>', RULE).option('--comment <text>', COMMENT)),
  action: async (options, pump, rule) => (await load()).reset(await openContext(options), [pump, rule], options),
};

/** What people do about alarms, after `wellwatch alarms`. */
export const ALARM_ACTS: readonly AnyUsage[] = [ack, comment, shelve, unshelve, outOfService, returned, reset];
