import { CommanderError } from 'commander';
import { explain, watchOutput } from './failure.ts';
import { buildProgram } from './program.ts';

/** Runs one command and gives its exit code: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function main(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((exitCode) => {
    code = exitCode;
  });
  const goOn = () => program.args[0] === 'run';
  for (const stream of [process.stdout, process.stderr]) watchOutput(stream, { goOn });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has said what is wrong
    return explain(error, process.stderr);
  }
}
