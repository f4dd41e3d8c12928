import { closeSync, lstatSync, opendirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../../domain/errors.ts';
import { REASON, reasonName } from './inboxNames.ts';

/** A file that could not be read, or not to its end. */
export interface FailedFile {
  readonly name: string;
  /** Undefined when there is no note beside it: somebody else put it there, or took that away. */
  readonly reason: string | undefined;
  /** When it was refused: ms since 1970-01-01T00:00Z. */
  readonly at: number;
}

/** What lies in failed/. */
export interface FailedFiles {
  readonly count: number;
  /** There are more: only so many were looked at. */
  readonly isMore: boolean;
  /** The newest first. */
  readonly newest: readonly FailedFile[];
}

const NONE: FailedFiles = { count: 0, isMore: false, newest: [] };
/** A folder of any size takes a moment only: so many of its entries are looked at. */
const MOST_ENTRIES = 20_000;
const REASON_BYTES = 1000;

/** The files in failed/ of an inbox, the newest `most` with their reasons; none when there is no such folder. Throws the system's error. */
export function failedFiles(inbox: string, most = 5): FailedFiles {
  const folder = join(inbox, 'failed');
  try {
    const { names, isMore } = namesIn(folder);
    const files = names.flatMap((name) => {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return stat ? [{ name, at: stat.ctimeMs }] : [];
    });
    files.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
    return { count: files.length, isMore, newest: files.slice(0, most).map((file) => ({ ...file, reason: reasonOf(folder, file.name) })) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return NONE;
    throw error;
  }
}

function namesIn(folder: string): { names: string[]; isMore: boolean } {
  const dir = opendirSync(folder);
  try {
    const names: string[] = [];
    for (let i = 0; i < MOST_ENTRIES; i++) {
      const entry = dir.readSync();
      if (!entry) return { names, isMore: false };
      if (!entry.name.endsWith(REASON)) names.push(entry.name);
    }
    return { names, isMore: dir.readSync() !== null };
  } finally {
    dir.closeSync();
  }
}

function reasonOf(folder: string, name: string): string | undefined {
  const path = join(folder, reasonName(name));
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(REASON_BYTES);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, REASON_BYTES, 0)).trim();
  } finally {
    closeSync(fd);
  }
}
