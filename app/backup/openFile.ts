import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';

/** A file of a moment: open, so that it stays whole when it is moved or removed meanwhile, and no longer than it was then. */
export interface OpenFile {
  /** Below the backup. */
  readonly path: string;
  readonly fd: number;
  /** Where it lay; its last part may have another name by now. */
  readonly from: string;
  readonly bytes: number;
  readonly mode: number;
  readonly mtimeMs: number;
  /** What it held then, of a file that is written over in its place. */
  readonly held?: Buffer | undefined;
}

/** Opens a file; undefined when it is gone. `bytes` are all that it has by default. Throws STORE_UNAVAILABLE when it can't be read. */
export function openFile(path: string, from: string, bytes?: number): OpenFile | undefined {
  try {
    const fd = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { size, mode, mtimeMs } = fstatSync(fd);
    return { path, fd, from, bytes: bytes ?? size, mode: mode & 0o777, mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    const next = systemCode(error) === 'EMFILE' ? 'Too many files wait at once: try again when the inbox has emptied' :
      'Run the backup as a user that may read it, such as the one that the job runs as';
    throw new AppError('STORE_UNAVAILABLE', `a backup has to read ${from}: ${messageOf(error)}. ${next}`, { cause: error });
  }
}

/** Closes files. */
export function closeFiles(files: Iterable<OpenFile>): void {
  for (const { fd } of files) closeSync(fd);
}
