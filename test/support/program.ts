import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built program, as a user starts it. */
export const PROGRAM = fileURLToPath(new URL('../../dist/app/cli.js', import.meta.url));

export interface ProgramOptions {
  /** By default the one that was built. */
  readonly program?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A clean environment: no setting of the machine that runs the tests gets in. */
export function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('WELLWATCH_') && !/^(VITEST|NODE_ENV|NODE_OPTIONS|FORCE_COLOR)/.test(name),
  );
  return { ...Object.fromEntries(clean), NO_COLOR: '1', ...extra };
}

/**
 * Starts the program and gives the process. A job has an HTTP side only when `env` says so: tests that run side by side
 * would take its port from each other.
 */
export function startProgram(words: readonly string[], { program = PROGRAM, cwd, env }: ProgramOptions = {}): ChildProcess {
  const alone = words[0] === 'run' ? { WELLWATCH_HTTP: 'false' } : {};
  return spawn(process.execPath, [program, ...words], { cwd, env: environment({ ...alone, ...env }), stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export async function runProgram(words: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  const child = startProgram(words, options);
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Resolves with the first line of a stream that matches. */
export async function lineMatching(child: ChildProcess, stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
  for await (const line of createInterface({ input: child[stream]! })) {
    const match = pattern.exec(line);
    if (match) return match;
  }
  throw new Error(`the program ended without a line that matches ${pattern}`);
}
