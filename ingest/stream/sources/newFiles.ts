import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError, messageOf, systemCode } from '../../../domain/errors.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { NodeState } from '../checkpoint.ts';
import { type FileStamp, isAsBefore, type NewContent, newContentOf, stampOf } from '../fileStamp.ts';
import { foldersOf, partsOf } from '../folders.ts';
import { StateMap } from '../stateMap.ts';

export interface FilesOptions {
  readonly name?: string;
  /** Which files are read, by path. Names that begin with `.` or `_` or end in `.tmp` never are. */
  readonly filter?: (path: string) => boolean;
  /** Files that lie there before the stream begins, for the first time of all, are left alone (in Spark that is so by default). */
  readonly newFilesOnly?: boolean;
}

/** What a file has that was not read before, as text without a byte order mark. */
export interface NewText {
  /** As the folder was given. */
  readonly path: string;
  readonly text: string;
}

interface Found {
  readonly path: string;
  /** By which it is known: the path from the fixed part of the folder. */
  readonly key: string;
  readonly stamp: Omit<FileStamp, 'sum'>;
}

/** What is told of a file that was read before. */
const SAID: Readonly<Partial<Record<NewContent['how'], LogEvent>>> = {
  replaced: { level: 'info', message: 'is another file than the one of that name that was read: it is read' },
  appended: { level: 'warn', message: 'has grown since it was read: what was added is read. Move files in when they are whole' },
};

/** So many files are asked for their size at once. */
const AT_ONCE = 256;
const unzip = promisify(gunzip);

/**
 * The files that have come into folders since the last look. Which were read is known as long as they lie there: by name,
 * and by size and time, so that another file of the same name is read too.
 */
export class NewFiles {
  readonly #folder: string;
  readonly #options: FilesOptions;
  readonly #read = new StateMap<string, FileStamp | null>();
  /** The first look was taken; a restart is no beginning. */
  readonly #begun = new StateMap<'begun', true>();
  #onEvent: (event: LogEvent) => void = () => undefined;

  constructor(folder: string, options: FilesOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** What is kept over restarts. */
  get state(): Readonly<Record<string, NodeState>> {
    return { read: this.#read, ...(this.#options.newFilesOnly && { begun: this.#begun }) };
  }

  /** Rejects with AppError INBOX_UNAVAILABLE when a folder can't be read. */
  async start(onEvent: (event: LogEvent) => void): Promise<void> {
    this.#onEvent = onEvent;
    await this.#begin(await this.#found());
  }

  /** What is new, file by file in order of their paths; up to where the caller ends it. Rejects with AppError INBOX_UNAVAILABLE. */
  async *texts(): AsyncGenerator<NewText> {
    const found = await this.#found();
    await this.#begin(found);
    const present = new Set(found.map(({ key }) => key));
    for (const [known] of [...this.#read]) if (!present.has(known)) this.#read.delete(known);
    for (const file of found) {
      const before = this.#read.get(file.key);
      if (before === null) this.#read.set(file.key, { ...file.stamp, sum: null });
      if (before === null || (before && isAsBefore(before, file.stamp))) continue;
      const text = await this.#textOf(file, before);
      if (text !== undefined && text !== '') yield { path: file.path, text };
    }
  }

  async #begin(found: readonly Found[]): Promise<void> {
    if (!this.#options.newFilesOnly || this.#begun.has('begun')) return;
    for (const { key, stamp } of found) this.#read.set(key, { ...stamp, sum: null });
    this.#begun.set('begun', true);
  }

  /** All files that are read, in order of their paths. */
  async #found(): Promise<Found[]> {
    try {
      const found: Found[] = [];
      const paths = (await Promise.all((await foldersOf(this.#folder)).map((folder) => this.#filesIn(folder)))).flat().sort();
      for (let i = 0; i < paths.length; i += AT_ONCE) {
        const some = await Promise.all(paths.slice(i, i + AT_ONCE).map((path) => this.#lookAt(path)));
        found.push(...some.filter((file) => file !== undefined));
      }
      return found;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async #filesIn(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !/^[._]|\.tmp$/.test(entry.name)).map(({ name }) => join(folder, name));
    const { filter } = this.#options;
    return filter ? files.filter((path) => filter(path)) : files;
  }

  async #lookAt(path: string): Promise<Found | undefined> {
    const stats = await unlessGone(stat(path));
    if (!stats) return undefined;
    const { size, mtimeMs, ino } = stats;
    return { path, key: relative(partsOf(this.#folder).fixed, path), stamp: { size, mtimeMs, ino } };
  }

  /** What a file has that was not read, and keeps that it was; undefined when it was taken away, or can't be unpacked. */
  async #textOf({ path, key, stamp }: Found, before: FileStamp | undefined): Promise<string | undefined> {
    const bytes = await unlessGone(readFile(path)).catch((error: unknown) => {
      throw this.#unavailable(error);
    });
    if (!bytes) return undefined;
    const content = newContentOf(bytes, stamp, before);
    this.#read.set(key, stampOf(bytes, stamp));
    const said = SAID[content.how];
    if (said) this.#onEvent({ ...said, message: `${path} ${said.message}` });
    try {
      return new TextDecoder().decode(path.endsWith('.gz') && content.bytes.length > 0 ? await unzip(content.bytes) : content.bytes);
    } catch (error) {
      this.#onEvent({ level: 'error', message: `${path} can't be unpacked: ${messageOf(error)}. It is left out until it changes` });
      return undefined;
    }
  }

  #unavailable(error: unknown): AppError {
    return new AppError('INBOX_UNAVAILABLE', `could not read the files in ${this.#folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** Of a file that may be taken away at any moment: undefined when it was. */
async function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The lines of a text; ends in LF or CRLF, a last line without an end counts. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (text.endsWith('\n')) lines.pop();
  return lines;
}
