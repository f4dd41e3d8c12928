import type { Command } from 'commander';
import type { GivenOptions } from '../context.ts';

/** How a command is called, and what it does. `Options` are its own, `Names` the words after its name. */
export interface CommandUsage<Options = object, Names extends readonly (string | undefined)[] = []> {
  readonly name: string;
  readonly summary: string;
  /** A call or two to learn from, without `wellwatch`. */
  readonly examples: readonly string[];
  /** Adds the command's own options and arguments. */
  readonly declare?: (command: Command) => void;
  /** Does it, and gives the exit code. The module that does is loaded here, and not before. */
  readonly action: (options: Options & GivenOptions, ...names: Names) => Promise<number>;
}

/** A usage of any command: what its options and names are is between it and its action. */
export type AnyUsage = CommandUsage<never, never>;

/** Adds a command to its parent, and gives it, for those below it. `done` gets the exit code. */
export function addCommand(parent: Command, usage: AnyUsage, done: (exitCode: number) => void): Command {
  const command = withCommonOptions(parent.command(usage.name).description(usage.summary));
  command.addHelpText('after', exampleText(usage.examples));
  usage.declare?.(command);
  command.action(async () => {
    // What stands after a command's name goes before what stands before it.
    const options = [...ancestorsOf(command), command].reduce<object>((all, one) => ({ ...all, ...one.opts() }), {});
    done(await usage.action(options as never, ...(command.processedArgs as never)));
  });
  return command;
}

/** The program, and the commands that a command belongs to, the outermost first. */
function ancestorsOf({ parent }: Command): Command[] {
  return parent ? [...ancestorsOf(parent), parent] : [];
}

/** What every command takes, after its name or before it. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration in YAML; every key has a default')
    .option('--data-dir <dir>', 'where everything is kept (default: var)')
    .option('--json', 'JSON lines on standard output, nothing else');
}

function exampleText(examples: readonly string[]): string {
  const lines = examples.map((example) => `  wellwatch ${example}`);
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('\n')}`;
}
