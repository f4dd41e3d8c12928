import { fstatSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { AppError } from '../../domain/errors.ts';

/** Who pipes a password in does so at once; a pipe that nobody writes to must not hold up a script, ms. */
const PIPE_MS = 1000;
const MOST_BYTES = 1024;

/**
 * The password that standard input gives: its first line, or what somebody types at a terminal, unseen; undefined when
 * it gives none. `wait` has it wait for the line. Throws USAGE for one that is empty then, or too long.
 */
export async function givenPassword({ wait, name }: { readonly wait: boolean; readonly name: string }): Promise<Buffer | undefined> {
  const { stdin } = process;
  const line = stdin.isTTY ? await typed(name) : wait || mayGive() ? await firstLine(wait) : '';
  if (line === '') {
    if (wait) throw new AppError('USAGE', '--password-stdin: expected a password on standard input, got nothing');
    return undefined;
  }
  const password = Buffer.from(line);
  if (password.length > MOST_BYTES) throw new AppError('USAGE', `expected a password of at most ${MOST_BYTES} bytes, got ` +
    `${password.length}`);
  return password;
}

/** Whether standard input is a pipe, a socket or a file: /dev/null and the like give nothing. */
function mayGive(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false; // it is closed
  }
}

async function firstLine(wait: boolean): Promise<string> {
  const { stdin } = process;
  const chunks: Buffer[] = [];
  const timer = wait ? undefined : setTimeout(() => stdin.destroy(), PIPE_MS);
  try {
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk as Buffer));
      if (chunks.at(-1)!.includes(10) || Buffer.concat(chunks).length > MOST_BYTES + 2) break;
    }
  } catch (error) {
    if (chunks.length > 0 || !stdin.destroyed) throw error; // the timer ended it: nothing came
  } finally {
    clearTimeout(timer);
    stdin.destroy();
  }
  return Buffer.concat(chunks).toString().split(/\r?\n/, 1)[0];
}

async function typed(name: string): Promise<string> {
  process.stderr.write(`Password for ${name} (leave it empty to have one made): `);
  const reader = createInterface({ input: process.stdin, terminal: true, output: undefined });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
