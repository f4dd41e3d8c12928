import { type Dirent, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { systemCode } from '../../domain/errors.ts';
import { FileFormats } from '../../ingest/receivers/directory/fileFormats.ts';
import { CLAIMED, kindOf } from '../../ingest/receivers/directory/inboxNames.ts';
import type { Config } from '../config/types.ts';

/**
 * Files of the inbox that are not wholly in the table, or that somebody has to look at: those that wait, that are being read, and that
 * were refused. Paths below the inbox, sorted. Those in done/ are in the table.
 */
export function inboxFiles({ receivers: { directory } }: Pick<Config, 'receivers'>): string[] {
  if (!directory) return [];
  const formats = new FileFormats(undefined, directory.formats);
  const waiting = entriesOf(directory.path).filter((entry) => entry.isFile() && kindOf(entry, (name) => formats.reads(name)) === 'data');
  const others = [CLAIMED, 'failed'].flatMap((folder) => filesBelow(join(directory.path, folder)));
  return [...waiting.map(({ name }) => name), ...others.map((path) => relative(directory.path, path))].sort();
}

/** The paths of all regular files below a folder; none when it is absent. */
export function filesBelow(folder: string, enters: (path: string) => boolean = () => true): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    return entry.isDirectory() && enters(path) ? filesBelow(path, enters) : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
