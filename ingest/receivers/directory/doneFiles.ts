import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimedFile } from './inbox.ts';
import type { FileEnd, FilePosition } from './file.ts';

/** A file that was read to its end and lies in done/. */
export interface DoneFile {
  /** As it was claimed; it goes back there when it has grown. */
  readonly claim: ClaimedFile;
  /** Where it lies now. */
  readonly path: string;
  readonly position: FilePosition & { readonly end: FileEnd };
}

/** Until when it is watched, by the monotonic clock. */
type WatchedFile = DoneFile & { readonly until: number };

/** So many files are watched after they were read, and so long, in ms: whoever wrote them may still have them open. */
const MOST = 64;
const WATCH_MS = 3_600_000;

/** The files that were read last. One that grows in done/ was not whole when it was taken: its rest would be lost without a word. */
export class DoneFiles {
  readonly #ticks: () => number;
  #files: WatchedFile[] = [];

  constructor(ticks: () => number) {
    this.#ticks = ticks;
  }

  /** Watches one more; gives the ids of those that are watched no longer. */
  add(file: DoneFile): string[] {
    this.#files.push({ ...file, until: this.#ticks() + WATCH_MS });
    return this.#files.splice(0, Math.max(0, this.#files.length - MOST)).map(({ claim }) => claim.id);
  }

  /** Looks at all of them. Those that have grown, and those that are gone or have been watched for long enough, are watched no longer. */
  look(): { readonly grown: DoneFile[]; readonly over: string[] } {
    const now = this.#ticks();
    const grown: DoneFile[] = [];
    const over: string[] = [];
    const left: WatchedFile[] = [];
    for (const file of this.#files) {
      const change = changeOf(file.path, file.position.end);
      if (change === 'grown') grown.push(file);
      else if (change === 'gone' || now >= file.until) over.push(file.claim.id);
      else left.push(file);
    }
    this.#files = left;
    return { grown, over };
  }
}

/** Finds a file of an earlier run in done/: under its name, or under one with a suffix. */
export function findDone(folder: string, name: string, { ino }: FileEnd): string | undefined {
  const isIt = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.ino === ino;
  if (isIt(join(folder, name))) return join(folder, name);
  const stem = name.replace(/\.[^.]*(\.gz)?$/i, '');
  const others = readdirSync(folder).filter((other) => other !== name && other.startsWith(`${stem}.`));
  return others.map((other) => join(folder, other)).find(isIt);
}

/** Whether a file has grown since its end was read, or NULs in its last line, which had no end, have become text. */
export function hasGrownSince({ size, mtimeMs, before }: FileEnd, now: { readonly size: number; readonly mtimeMs: number }): boolean {
  return now.size > size || (before !== null && now.size === size && now.mtimeMs !== mtimeMs);
}

function changeOf(path: string, end: FileEnd): 'none' | 'grown' | 'gone' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.ino !== end.ino) return 'gone';
  return hasGrownSince(end, stat) ? 'grown' : 'none';
}
