import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const CLAIMED = '.claimed';
/** The folders of an inbox that are its own. */
export const FOLDERS = [CLAIMED, 'done', 'failed'] as const;

/** What a name in the inbox stands for: something to read, something unfinished or hidden, or something that is never read. */
export type NameKind = 'data' | 'unfinished' | 'ignored';

/** Whether a file of this name is read whatever the configuration says. */
export function isPlainName(name: string): boolean {
  return /\.csv(\.gz)?$/i.test(name);
}

/** A folder that is named like a file to read is one: it is refused with a reason. `reads` says which files are read. */
export function kindOf(entry: Pick<Dirent, 'name' | 'isDirectory'>, reads: (name: string) => boolean = isPlainName): NameKind {
  const { name } = entry;
  if (/^[._]|(\.tmp|\.part|~)$/i.test(name)) return 'unfinished';
  if (reads(name) && (isPlainName(name) || !entry.isDirectory())) return 'data';
  return entry.isDirectory() && (FOLDERS as readonly string[]).includes(name) ? 'unfinished' : 'ignored';
}

/** A name as people are shown it: a folder's ends in a slash. */
export function shownName(entry: Pick<Dirent, 'name' | 'isDirectory'>): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name;
}

/** Why names are ignored, for people. */
export const IGNORED =
  'sub-folders are not read, and of files only those whose name is UTF-8 and ends in .csv or .csv.gz, or fits ' +
  'receivers.directory.formats';

/** Whether a listed name is no UTF-8: it can't be opened under the name that Node.js gives. */
export function isUnreadable(folder: string, name: string): boolean {
  return name.includes('\uFFFD') && !existsSync(join(folder, name));
}

/** Names in an inbox that are never read, sorted; a folder's ends in a slash. Throws the system's error. */
export function ignoredNames(path: string, reads: (name: string) => boolean = isPlainName): string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => kindOf(entry, reads) === 'ignored' || isUnreadable(path, entry.name)).map(shownName).sort();
}

/** `a, b, c and 17 more` of a list of names. */
export function fewOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** What the name of a note ends in that says why a file lies in failed/. */
export const REASON = '.reason.txt';

/** The name of the note beside a file in failed/. */
export function reasonName(name: string): string {
  return `${shorten(name, 255 - REASON.length)}${REASON}`;
}

/** Cuts a name to a number of bytes, between code points. */
export function shorten(name: string, bytes: number): string {
  let short = name;
  while (Buffer.byteLength(short) > bytes) short = [...short].slice(0, -1).join('');
  return short;
}
