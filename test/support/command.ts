import { environment, type Finished, type ProgramOptions, runProgram } from './program.ts';

/** What needs threads or processes of the built program. */
const STARTED = new Set(['run', 'simulate', 'sql']);

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command to its end as `runProgram` does, but within this process, which costs a twentieth of a start: one after
 * the other, as all share a folder, an environment and an output. What only a process of its own shows (signals, pipes, a full
 * disk, another program than the built one) is for `runProgram`.
 */
export function runCommand(words: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  if (STARTED.has(words[0]) || options.program !== undefined) return runProgram(words, options);
  const finished = last.then(() => runHere(words, options));
  last = finished.catch(() => undefined);
  return finished;
}

async function runHere(words: readonly string[], { cwd, env }: ProgramOptions): Promise<Finished> {
  const before = { cwd: process.cwd(), env: process.env };
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  try {
    process.env = environment(env);
    if (cwd !== undefined) process.chdir(cwd);
    // Loaded in the clean environment: what decides about colours looks at it once.
    const { main } = await import('../../app/cli/main.ts');
    const code = await main(words);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.release();
    stderr.release();
    process.chdir(before.cwd);
    process.env = before.env;
  }
}

/** Keeps what is written to a stream, and the handlers that a command adds to it. */
function capture(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const own = Object.getOwnPropertyDescriptor(stream, 'write');
  const listeners = new Set(stream.listeners('error'));
  const pieces: Buffer[] = [];
  stream.write = (piece: string | Uint8Array, ...rest: unknown[]) => {
    pieces.push(Buffer.from(piece as string));
    const written = rest.find((each): each is () => void => typeof each === 'function');
    if (written) process.nextTick(written);
    return true;
  };
  return {
    text: () => Buffer.concat(pieces).toString('utf8'),
    release() {
      if (own) Object.defineProperty(stream, 'write', own);
      else Reflect.deleteProperty(stream, 'write'); // the inherited one is there again
      for (const each of stream.listeners('error')) if (!listeners.has(each)) stream.off('error', each as () => void);
    },
  };
}

/** The JSON lines that a command prints; fails with its standard error when it does not end with 0. */
export async function jsonLines<T>(words: readonly string[], options: ProgramOptions = {}): Promise<T[]> {
  const { code, stdout, stderr } = await runCommand([...words, '--json'], options);
  if (code !== 0) throw new Error(`wellwatch ${words.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as T);
}

