import type { Table } from '../../storage/table.ts';
import type { Config } from '../config.ts';
import { hasTable, openTable } from '../openTable.ts';
import type { Output } from './output.ts';

/** What a command works with. */
export interface Context {
  readonly config: Config;
  readonly json: boolean;
  /** Standard output. */
  readonly output: Output;
  /** Hints, warnings and progress, on standard error. */
  readonly notes: Notes;
}

/** Standard error. */
export interface Notes {
  readonly isTTY: boolean;
  /** One line. */
  say(text: string): void;
  /** A line that the next one replaces; nothing when nobody watches. */
  progress(text: string): void;
}

/** Opens the table for reading, and closes it whatever happens. Says so when nothing was ever stored. */
export async function withTable(context: Context, read: (table: Table) => Promise<void>): Promise<number> {
  const { config, notes } = context;
  const table = await openTable(config, 'reader');
  try {
    if (!hasTable(config)) notes.say(nothingStored(config));
    await read(table);
    await context.output.flush();
    return 0;
  } finally {
    await table.close();
  }
}

/** Why there is nothing, and what would change that. */
export function nothingStored({ dataDir, receivers: { directory } }: Config): string {
  const drop = directory ? `put CSV files into ${directory.path} and start "wellwatch run"` : 'start "wellwatch run"';
  return `Nothing is stored in ${dataDir} yet: ${drop}, or name another directory with --data-dir.`;
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
