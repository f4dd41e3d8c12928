import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../../../domain/errors.ts';

/** A file that is ours: nobody else reads or moves it. */
export interface ClaimedFile {
  /** Unique in this inbox, for ever; positions are kept under it. */
  readonly id: string;
  /** As it was dropped. */
  readonly name: string;
  readonly path: string;
}

/** What a look at the inbox found. */
export interface Scan {
  /** Names that can be claimed, the oldest first. */
  readonly ready: readonly string[];
  /** Files that are not still for long enough yet. */
  readonly settling: number;
  /** A name, if there is one, that will never be read: it ends in neither `.csv` nor `.csv.gz`, or is no UTF-8. */
  readonly other: string | undefined;
}

const CLAIMED = '.claimed';
const FOLDERS = [CLAIMED, 'done', 'failed'] as const;

/**
 * The folder that files are dropped into. A file goes `inbox/x.csv` → `inbox/.claimed/ID/x.csv` →
 * `inbox/done/x.csv`, or `inbox/failed/x.csv` with `x.csv.reason.txt` beside it. Each move is one
 * rename, so a crash leaves the file in exactly one of these places.
 */
export class Inbox {
  readonly path: string;
  readonly #settleMs: number;
  readonly #now: () => number;
  readonly #seen = new Map<string, { size: number; mtimeMs: number; since: number }>();
  #claims = 0;

  constructor(options: { path: string; settleMs: number; now: () => number }) {
    this.path = options.path;
    this.#settleMs = options.settleMs;
    this.#now = options.now;
  }

  /** Makes the folders that are not there. Throws INBOX_UNAVAILABLE. */
  prepare(): void {
    this.#attempt('be made', () => {
      for (const folder of FOLDERS) mkdirSync(join(this.path, folder), { recursive: true });
    });
  }

  /** Files that an earlier run claimed and did not finish, in the order of their claims. */
  leftovers(): ClaimedFile[] {
    return this.#attempt('be listed', () => {
      const files: ClaimedFile[] = [];
      for (const id of readdirSync(join(this.path, CLAIMED)).sort()) {
        const [name] = readdirSync(join(this.path, CLAIMED, id));
        if (name === undefined) rmdirSync(join(this.path, CLAIMED, id));
        else files.push({ id, name, path: join(this.path, CLAIMED, id, name) });
      }
      return files;
    });
  }

  /** Looks what has been dropped. Events only hint; this is the truth. */
  scan(): Scan {
    const found: { name: string; mtimeMs: number }[] = [];
    let settling = 0;
    let other: string | undefined;
    const names = this.#attempt('be listed', () => readdirSync(this.path, { withFileTypes: true }));
    for (const entry of names) {
      const { name } = entry;
      if (/^[._]|(\.tmp|\.part|~)$/i.test(name)) continue;
      if (!/\.csv(\.gz)?$/i.test(name)) {
        if (!entry.isDirectory()) other ??= name;
        continue;
      }
      const stat = lstatSync(join(this.path, name), { throwIfNoEntry: false });
      if (!stat) {
        if (name.includes('\uFFFD')) other ??= name; // otherwise it was moved away again
        continue;
      }
      if (stat.isFile() && !this.#isStill(name, stat)) settling++;
      else found.push({ name, mtimeMs: stat.mtimeMs });
    }
    const listed = new Set(names.map((entry) => entry.name));
    for (const name of this.#seen.keys()) if (!listed.has(name)) this.#seen.delete(name);
    found.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
    return { ready: found.map(({ name }) => name), settling, other };
  }

  /** Takes a file by renaming it; undefined when it is gone. What is no regular file is refused at once. */
  claim(name: string): ClaimedFile | { refused: string } | undefined {
    const from = join(this.path, name);
    const stat = lstatSync(from, { throwIfNoEntry: false });
    if (!stat) return undefined;
    this.#seen.delete(name);
    if (!stat.isFile()) {
      const kind = stat.isDirectory()
        ? 'a folder'
        : stat.isSymbolicLink()
          ? 'a symbolic link'
          : stat.isFIFO()
            ? 'a named pipe'
            : 'no regular file';
      const reason = `expected a regular file, but ${name} is ${kind}`;
      this.#moveTo('failed', from, name, reason);
      return { refused: reason };
    }
    const id = `${this.#now().toString(36).padStart(9, '0')}-${process.pid.toString(36)}-${(this.#claims++).toString(36).padStart(6, '0')}`;
    const path = join(this.path, CLAIMED, id, name);
    return this.#attempt(`give up ${name}`, () => {
      mkdirSync(join(this.path, CLAIMED, id), { recursive: true });
      renameSync(from, path);
      return { id, name, path };
    });
  }

  /** All of it is in the table. */
  done(file: ClaimedFile): void {
    this.#moveTo('done', file.path, file.name);
    rmdirSync(join(this.path, CLAIMED, file.id));
  }

  /** It can't be read, or not to its end. */
  fail(file: ClaimedFile, reason: string): void {
    this.#moveTo('failed', file.path, file.name, reason);
    rmdirSync(join(this.path, CLAIMED, file.id));
  }

  #isStill(name: string, stat: { size: number; mtimeMs: number }): boolean {
    if (this.#settleMs === 0) return true;
    const seen = this.#seen.get(name);
    if (seen?.size === stat.size && seen.mtimeMs === stat.mtimeMs) return this.#now() - seen.since >= this.#settleMs;
    this.#seen.set(name, { size: stat.size, mtimeMs: stat.mtimeMs, since: this.#now() });
    return false;
  }

  /** The reason is on disk before the file arrives, so that no refused file lies there unexplained. */
  #moveTo(folder: 'done' | 'failed', from: string, name: string, reason?: string): void {
    this.#attempt(`take ${name} into ${folder}/`, () => {
      mkdirSync(join(this.path, folder), { recursive: true }); // somebody may have cleaned up
      const free = this.#freeName(folder, name);
      const to = join(this.path, folder, free);
      if (reason !== undefined) writeWhole(join(this.path, folder, reasonName(free)), `${reason}\n`);
      renameSync(from, to);
    });
  }

  /** A name that is taken gets the time as a suffix, and a number after it if that is taken too. */
  #freeName(folder: string, name: string): string {
    const taken = (candidate: string) => lstatSync(join(this.path, folder, candidate), { throwIfNoEntry: false }) !== undefined;
    if (!taken(name)) return name;
    const [, stem, extension] = /^(.*?)(\.csv(?:\.gz)?)$/is.exec(name)!;
    const stamp = new Date(this.#now()).toISOString().replace(/[-:]/g, '');
    for (let i = 0; ; i++) {
      const suffix = `.${stamp}${i === 0 ? '' : `-${i}`}${extension}`;
      const candidate = shorten(stem, 255 - Buffer.byteLength(suffix)) + suffix;
      if (!taken(candidate)) return candidate;
    }
  }

  #attempt<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError(
        'INBOX_UNAVAILABLE',
        `the inbox ${this.path} can't ${what}: ${systemCode(error) ?? String(error)}. It needs read and write permission for this user`,
        { cause: error },
      );
    }
  }
}

function reasonName(name: string): string {
  return `${shorten(name, 255 - '.reason.txt'.length)}.reason.txt`;
}

/** Cuts a name to a number of bytes, between code points. */
function shorten(name: string, bytes: number): string {
  let short = name;
  while (Buffer.byteLength(short) > bytes) short = [...short].slice(0, -1).join('');
  return short;
}

function writeWhole(path: string, text: string): void {
  const fd = openSync(path, 'w', 0o640);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
