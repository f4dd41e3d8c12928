#!/usr/bin/env node
import { CommanderError } from 'commander';
import { explain, watchOutput } from './cli/failure.ts';
import { buildProgram } from './cli/program.ts';

/** Runs one command and gives its exit code: 0 done, 1 failed, 2 wrong usage or configuration. */
async function main(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((exitCode) => {
    code = exitCode;
  });
  for (const stream of [process.stdout, process.stderr]) watchOutput(stream, { goOn: () => program.args[0] === 'run' });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // it has said what is wrong
    return explain(error, process.stderr);
  }
}

process.exitCode = await main(process.argv.slice(2));
