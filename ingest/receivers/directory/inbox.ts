import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, statfsSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AppError, systemCode } from '../../../domain/errors.ts';
import { look } from './byteSource.ts';
import { fileSystemTime, FolderSync, isRemote, writeWhole } from './fileSystem.ts';
import { CLAIMED, FOLDERS, isUnreadable, kindOf, reasonName, shorten, shownName } from './inboxNames.ts';
import { type Belief, type FileFacts, type Settle, Stillness } from './stillness.ts';

/** A file that is ours: nobody else reads or moves it. */
export interface ClaimedFile {
  /** Unique in this inbox, for ever; positions are kept under it. Its path below `.claimed`, or the first part of that. */
  readonly id: string;
  /** As it was dropped. */
  readonly name: string;
  readonly path: string;
  /** Whether its last line is believed without waiting, unless the file changes. */
  readonly whole: boolean;
}

/** When more files than this are found at once, they share a folder in `.claimed`. */
const MOST_FOLDERS = 16;

/** What a look at the inbox found. */
export interface Scan {
  /** Names that can be claimed, the oldest first. */
  readonly ready: readonly string[];
  /** Files that may not be whole yet. */
  readonly settling: number;
  /** Names that will never be read: sub-folders, with a slash behind them, and files with another ending or no UTF-8. */
  readonly ignored: readonly string[];
}

export interface InboxOptions {
  readonly path: string;
  readonly settle: Settle;
  /** The site's clock, ms since 1970: only names are made of it. */
  readonly now: () => number;
  /** Which files are read, by their names; by default those of the plain form. */
  readonly reads?: ((name: string) => boolean) | undefined;
  /** The monotonic clock, ms. */
  readonly ticks?: (() => number) | undefined;
}

/**
 * The folder that files are dropped into. A file goes `inbox/x.csv` → `inbox/.claimed/ID/x.csv` → `inbox/done/x.csv`, or
 * `inbox/failed/x.csv` with `x.csv.reason.txt` beside it. Each move is one rename, so a crash leaves the file in exactly one of
 * these places; `sync` puts the moves so far on disk. A few files have an ID each. Many that are found at once share one, so that
 * a step has few folders to put on disk.
 */
export class Inbox {
  readonly path: string;
  readonly #now: () => number;
  readonly #reads: ((name: string) => boolean) | undefined;
  readonly #stillness: Stillness;
  readonly #sync = new FolderSync();
  #isRemote: boolean | undefined;
  #looks = 0;
  /** The folder that was claimed to last, and how many files are in each. */
  #claims = '';
  #isShared = false;
  readonly #claimed = new Map<string, number>();
  #stamp = 0;

  constructor({ path, settle, now, reads, ticks = () => performance.now() }: InboxOptions) {
    this.path = path;
    this.#now = now;
    this.#reads = reads;
    this.#stillness = new Stillness({ settle, ticks, isRemote: () => (this.#isRemote ??= isRemote(statfsSync(path).type)) });
  }

  /** Makes the folders that are not there. Throws INBOX_UNAVAILABLE. */
  prepare(): void {
    this.#attempt('be made', () => {
      for (const folder of FOLDERS) mkdirSync(join(this.path, folder), { recursive: true });
    });
  }

  /** An event of the folder says that a name appeared or went (`rename`), or was written to (`change`). */
  heard(event: string, name: string): void {
    this.#stillness.heard(event, name);
  }

  /** How long a file that changed after it was claimed has to be still, in ms: one whose end looks half written, and another. */
  get patience(): { readonly endMs: number; readonly linesMs: number } {
    return this.#stillness;
  }

  /** Files that an earlier run claimed and did not finish, in the order of their claims. `isKnown` says which ids have a position. */
  leftovers(isKnown: (id: string) => boolean): ClaimedFile[] {
    return this.#attempt('be listed', () => {
      const files: ClaimedFile[] = [];
      for (const folder of readdirSync(join(this.path, CLAIMED)).sort()) {
        this.#stamp = Math.max(this.#stamp, Number.parseInt(folder, 36) || 0);
        const its = readdirSync(join(this.path, CLAIMED, folder)).flatMap((name) => this.#leftover(folder, name, isKnown) ?? []);
        its.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.file.name < b.file.name ? -1 : 1)); // as `scan` has them
        if (its.length === 0) rmdirSync(join(this.path, CLAIMED, folder));
        else this.#claimed.set(folder, its.length);
        files.push(...its.map(({ file }) => file));
      }
      return files;
    });
  }

  /** Looks what has been dropped. Events only hint; this is the truth. */
  scan(): Scan {
    const found: { name: string; mtimeMs: number }[] = [];
    const ignored: string[] = [];
    let settling = 0;
    const names = this.#attempt('be listed', () => readdirSync(this.path, { withFileTypes: true }));
    const ageOf = this.#looks++ === 0 ? this.#ages() : () => 0;
    for (const entry of names) {
      const { name } = entry;
      const kind = kindOf(entry, this.#reads);
      if (kind !== 'data') {
        if (kind === 'ignored') ignored.push(shownName(entry));
        continue;
      }
      const stat = lstatSync(join(this.path, name), { throwIfNoEntry: false });
      if (!stat) {
        if (isUnreadable(this.path, name)) ignored.push(name); // otherwise it was moved away again
        continue;
      }
      if (stat.isFile() && this.#stillness.look(name, this.#facts(name, stat), ageOf(stat)) === 'wait') settling++;
      else found.push({ name, mtimeMs: stat.mtimeMs });
    }
    this.#stillness.keepOnly(new Set(names.map((entry) => entry.name)));
    found.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
    this.#claims = '';
    this.#isShared = found.length > MOST_FOLDERS;
    return { ready: found.map(({ name }) => name), settling, ignored: ignored.sort() };
  }

  /**
   * Takes a file by renaming it; undefined when it is gone, `wait` when its end shows that it is not whole. What is no regular
   * file is refused at once.
   */
  claim(name: string): ClaimedFile | { refused: string } | 'wait' | undefined {
    const from = join(this.path, name);
    const stat = lstatSync(from, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (!stat.isFile()) return this.#refuse(name, from, stat);
    const belief = this.#stillness.look(name, this.#facts(name, stat));
    if (belief === 'wait' || !this.#isConfirmed(name, belief)) return 'wait';
    this.#stillness.forget(name);
    return this.#attempt(`give up ${name}`, () => {
      const folder = this.#claimFolder();
      const id = join(folder, name);
      const path = join(this.path, CLAIMED, id);
      renameSync(from, path);
      this.#claimed.set(folder, (this.#claimed.get(folder) ?? 0) + 1);
      this.#sync.add(this.path, join(this.path, CLAIMED, folder));
      return { id, name, path, whole: belief === 'whole' };
    });
  }

  /** Where a claimed file lies, or lay. */
  claimedPath(id: string): string {
    return join(this.path, CLAIMED, id);
  }

  /** Takes a file that is in done/ back: it has grown there. */
  reclaim(file: ClaimedFile, from: string): void {
    this.#attempt(`give up ${from}`, () => {
      const [folder] = file.id.split('/');
      mkdirSync(join(this.path, CLAIMED, folder), { recursive: true });
      renameSync(from, file.path);
      this.#claimed.set(folder, (this.#claimed.get(folder) ?? 0) + 1);
      this.#sync.add(join(this.path, 'done'), join(this.path, CLAIMED), join(this.path, CLAIMED, folder));
    });
  }

  /** All of it is in the table. Gives where it lies now. */
  done(file: ClaimedFile): string {
    return this.#putAway('done', file);
  }

  /** It can't be read, or not to its end. */
  fail(file: ClaimedFile, reason: string): void {
    this.#putAway('failed', file, reason);
  }

  /** Puts the moves so far on disk. Throws INBOX_UNAVAILABLE. */
  sync(): void {
    this.#attempt('be put on disk', () => this.#sync.run());
  }

  #leftover(folder: string, name: string, isKnown: (id: string) => boolean): { file: ClaimedFile; mtimeMs: number } | undefined {
    const path = join(this.path, CLAIMED, folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (!stat.isFile()) return void this.#refuse(name, path, stat);
    const id = isKnown(folder) ? folder : join(folder, name); // earlier versions had a folder for each file
    return { file: { id, name, path, whole: stat.mtimeMs !== stat.ctimeMs }, mtimeMs: stat.mtimeMs };
  }

  /** On a network's file system only who opens a file hears what is new of it. */
  #facts(name: string, stat: FileFacts): FileFacts {
    if (!this.#isRemote) return stat;
    try {
      return look(join(this.path, name));
    } catch {
      return stat; // whoever reads it says why it can't be opened
    }
  }

  #isConfirmed(name: string, belief: Belief): boolean {
    try {
      return this.#stillness.confirms(name, join(this.path, name), belief);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return true; // whoever reads it says why it can't be opened
    }
  }

  /** For how long files have been still when the inbox is looked at first, by the clock of its file system. */
  #ages(): (facts: FileFacts) => number {
    try {
      const now = fileSystemTime(join(this.path, CLAIMED, '.clock'));
      return ({ ctimeMs }) => Math.max(0, now - ctimeMs);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return () => 0;
    }
  }

  /** The folder of `.claimed` that the next file goes to. Names rise, also when the clock is set back. */
  #claimFolder(): string {
    if (this.#claims !== '' && this.#isShared) return this.#claims;
    this.#stamp = Math.max(this.#now(), this.#stamp + 1);
    this.#claims = `${this.#stamp.toString(36).padStart(9, '0')}-${process.pid.toString(36)}`;
    mkdirSync(join(this.path, CLAIMED, this.#claims), { recursive: true });
    this.#sync.add(join(this.path, CLAIMED));
    return this.#claims;
  }

  #refuse(name: string, path: string, stat: Stats): { refused: string } {
    const kind = stat.isDirectory()
      ? 'a folder'
      : stat.isSymbolicLink()
        ? 'a symbolic link'
        : stat.isFIFO()
          ? 'a named pipe'
          : 'no regular file';
    const reason = `expected a regular file, but ${name} is ${kind}`;
    this.#moveTo('failed', path, name, reason);
    this.#sync.add(dirname(path));
    return { refused: reason };
  }

  #putAway(to: 'done' | 'failed', file: ClaimedFile, reason?: string): string {
    const path = this.#moveTo(to, file.path, file.name, reason);
    const [folder] = file.id.split('/');
    const left = (this.#claimed.get(folder) ?? 1) - 1;
    if (left > 0) {
      this.#claimed.set(folder, left);
      this.#sync.add(join(this.path, CLAIMED, folder));
      return path;
    }
    if (folder === this.#claims) this.#claims = '';
    this.#claimed.delete(folder);
    rmdirSync(join(this.path, CLAIMED, folder));
    this.#sync.add(join(this.path, CLAIMED));
    this.#sync.gone(join(this.path, CLAIMED, folder));
    return path;
  }

  /** The reason is on disk before the file arrives, so that no refused file lies there unexplained. */
  #moveTo(folder: 'done' | 'failed', from: string, name: string, reason?: string): string {
    return this.#attempt(`take ${name} into ${folder}/`, () => {
      mkdirSync(join(this.path, folder), { recursive: true }); // somebody may have cleaned up
      const free = this.#freeName(folder, name);
      const to = join(this.path, folder, free);
      if (reason !== undefined) writeWhole(join(this.path, folder, reasonName(free)), `${reason}\n`);
      renameSync(from, to);
      this.#sync.add(join(this.path, folder));
      return to;
    });
  }

  /** A name that is taken gets the time as a suffix, and a number after it if that is taken too. */
  #freeName(folder: string, name: string): string {
    const taken = (candidate: string) => lstatSync(join(this.path, folder, candidate), { throwIfNoEntry: false }) !== undefined;
    if (!taken(name)) return name;
    const [, stem, extension] = /^(.+?)((?:\.[^.]*(?:\.gz)?)?)$/is.exec(name)!;
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
