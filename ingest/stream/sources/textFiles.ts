import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf, systemCode } from '../../../domain/errors.ts';
import type { StreamSource } from '../source.ts';
import { StateMap } from '../stateMap.ts';

/**
 * The lines of files that come into a folder: per batch those of all files that were not read before, in order of
 * their names. A file is moved in whole and not changed afterwards; names that begin with `.` or `_` or end in `.tmp`
 * are left alone. Files are read whole: for large ones take the directory receiver. Which were read is kept, as long
 * as they lie there. One that is taken away before it is read is left out. Fails with AppError INBOX_UNAVAILABLE.
 */
export function textFiles(dir: string, name?: string): StreamSource<string> {
  const read = new StateMap<string, null>();
  return {
    kind: `textFiles(${dir})`,
    name,
    state: { read },
    async take() {
      try {
        const entries = await readdir(dir, { withFileTypes: true });
        const present = new Set(entries.filter((entry) => entry.isFile() && !/^[._]|\.tmp$/.test(entry.name)).map((entry) => entry.name));
        for (const [known] of [...read]) if (!present.has(known)) read.delete(known);
        const fresh = [...present].filter((file) => !read.has(file)).sort();
        const lines: string[] = [];
        for (const file of fresh) {
          const text = await textOf(join(dir, file));
          if (text === undefined) continue;
          for (const line of text.split(/\r?\n/)) lines.push(line);
          if (text === '' || text.endsWith('\n')) lines.pop();
          read.set(file, null);
        }
        return lines;
      } catch (error) {
        throw new AppError('INBOX_UNAVAILABLE', `could not read the files in ${dir}: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

/** What a file says; undefined when it was taken away since the folder was listed. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
