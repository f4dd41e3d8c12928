import { AppError, messageOf } from '../../domain/errors.ts';
import type { Config } from '../config/types.ts';
import { showStacks } from './failure.ts';
import { Output } from './output.ts';
import { statAt } from '../../storage/files/statAt.ts';

/** What every command is given on the command line. */
export interface GivenOptions {
  readonly config?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Where a command writes. */
export interface Surface {
  readonly json: boolean;
  /** Standard output. */
  readonly output: Output;
  /** Hints, warnings and progress, on standard error. */
  readonly notes: Notes;
}

/** What a command works with. */
export interface Context extends Surface {
  readonly config: Config;
}

/** Standard output and standard error of this process. */
export function openSurface({ json = false }: GivenOptions): Surface {
  return { json, output: new Output(process.stdout), notes: notesOn(process.stderr) };
}

/** The surface and the configuration; `defaults` are those of the command. Throws CONFIG. */
export async function openContext(options: GivenOptions, defaults: Record<string, unknown> = {}): Promise<Context> {
  const { loadConfig } = await import('../config/load.ts');
  const config = loadConfig({ defaults, file: options.config, flags: { dataDir: options.dataDir } });
  requireDirectory(config.dataDir);
  showStacks(config.log.level === 'debug');
  return { ...openSurface(options), config };
}

/** A data directory may be absent, but it can't be something else: nothing would be found there, and that passes for "nothing stored". */
function requireDirectory(path: string): void {
  let cause: unknown;
  try {
    if (statAt(path)?.isDirectory() ?? true) return;
  } catch (error) {
    cause = error; // a part of the path is a file, or is not open to us
  }
  const got = cause === undefined ? 'a file' : messageOf(cause);
  throw new AppError('CONFIG', `dataDir: expected a directory at ${path}, got ${got}. Name another one with --data-dir`, { cause });
}

/** Standard error. */
export interface Notes {
  readonly isTTY: boolean;
  /** One line. */
  say(text: string): void;
  /** A line that the next one replaces; nothing when nobody watches. */
  progress(text: string): void;
}

/** Notes on a stream; progress only on a terminal. */
export function notesOn(stream: { readonly isTTY?: boolean; write(text: string): unknown }): Notes {
  const isTTY = stream.isTTY ?? false;
  let drawn = false;
  const erase = () => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  return {
    isTTY,
    say(text) {
      erase();
      stream.write(`${text}\n`);
    },
    progress(text) {
      if (!isTTY) return;
      erase();
      stream.write(text);
      drawn = text !== '';
    },
  };
}
