import { closeSync, existsSync, fsyncSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../../domain/errors.ts';
import { type JournalPosition, syncFolder } from './segments.ts';

const SUFFIX = '.damaged';

/**
 * Keeps bytes of a journal that are no frame as it was written in a file beside the segment, named by segment and offset,
 * and gives its path. It is on disk when this returns.
 */
export function keepAside(dir: string, { segment, offset }: JournalPosition, bytes: Buffer): string {
  const stem = join(dir, `${String(segment).padStart(10, '0')}-${offset}`);
  let path = `${stem}${SUFFIX}`;
  for (let i = 1; existsSync(path); i++) path = `${stem}-${i}${SUFFIX}`;
  const fd = openSync(path, 'wx', 0o640);
  try {
    writeFileSync(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolder(dir);
  return path;
}

/** The files in a journal's folder that hold damaged bytes, in order of their place; none when the folder is absent. */
export function damagedPieces(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => name.endsWith(SUFFIX)).sort().map((name) => join(dir, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new AppError('JOURNAL_UNAVAILABLE', `the journal in ${dir} can't be listed: ${systemCode(error)}`, { cause: error });
  }
}
