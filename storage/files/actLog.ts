import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Act, Deed } from '../../domain/alarm/acts/act.ts';
import { actJson, actOfLine } from '../../domain/alarm/acts/actJson.ts';
import { AppError, messageOf } from '../../domain/errors.ts';
import { whyNot } from './diskProblem.ts';
import { aloneMeanwhile } from './alone.ts';
import { actsOf, type Author, broughtBefore, type KeptActs } from './keptActs.ts';
import { statAt } from './statAt.ts';

const LINE_END = 0x0a;

/**
 * What people did about alarms: a file of lines, one an act, to which each process appends under a lock, and which it reads on
 * when it has changed. Nothing in it is ever written again.
 *
 *   \n{"number":1,…}\n{"number":2,…}\n{"numb            a line begins with a line end: one that was torn by a crash …
 *   \n{"number":1,…}\n{"number":2,…}\n{"numb\n{"number":3,…}                 … costs only itself
 */
export class ActLog implements KeptActs {
  readonly path: string;
  readonly #acts: Act[] = [];
  /** Up to here the file was read. */
  #offset = 0;
  /** Which file that was; undefined before. */
  #file: string | undefined;
  #torn = 0;
  #generation = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** Rises when what was read before holds no longer: the file was put back from a copy. */
  get generation(): number {
    return this.#generation;
  }

  /** How many lines are no acts: they were torn by a crash, or a newer version wrote them. */
  get torn(): number {
    this.read();
    return this.#torn;
  }

  /** All acts in the order of the log, as it is now. Throws STORE_UNAVAILABLE when it can't be read. */
  read(): readonly Act[] {
    try {
      this.#readOn();
    } catch (error) {
      throw new AppError(
        'STORE_UNAVAILABLE',
        `expected to read what was done about alarms from ${this.path}: ${messageOf(error)}. Make it readable for the user that ` +
        'wellwatch runs as',
        { cause: error },
      );
    }
    return this.#acts;
  }

  /**
   * Appends what somebody did, all of it or nothing; resolves with the acts when they are on disk. What was done with the same
   * key by the same person before is given instead of doing it again. `deeds` is asked for under the lock, when all that
   * others did is known, so that it can look at `acts` first; what it throws is thrown.
   * Throws STORE_UNAVAILABLE when the log can't be written: nothing is promised then, though a line of it may be there.
   */
  append(author: Author, deeds: (acts: readonly Act[]) => readonly Deed[]): Promise<readonly Act[]> {
    const appended = this.#last.then(() => aloneMeanwhile(this.path, 'alarms', () => this.#append(author, deeds)));
    this.#last = appended.catch(() => undefined); // who asked is told
    return appended;
  }

  async #append(author: Author, deeds: (acts: readonly Act[]) => readonly Deed[]): Promise<readonly Act[]> {
    const known = this.read();
    const before = broughtBefore(known, author);
    if (before.length > 0) return before;
    const acts = actsOf(deeds(known), author, (known.at(-1)?.number ?? 0) + 1);
    if (acts.length === 0) return acts;
    try {
      await this.#write(acts.map((act) => `\n${JSON.stringify(actJson(act))}`).join(''));
    } catch (error) {
      throw new AppError(
        'STORE_UNAVAILABLE',
        `what was done could not be written to ${this.path}, so it does not count: ${whyNot(error)}. Do it again when that is mended`,
        { cause: error },
      );
    }
    return acts;
  }

  async #write(text: string): Promise<void> {
    const isNew = statAt(this.path) === undefined;
    const file = await open(this.path, 'a');
    try {
      await writeWhole(file, Buffer.from(text));
      await file.datasync();
    } finally {
      await file.close();
    }
    if (isNew) await syncFolder(dirname(this.path));
  }

  #readOn(): void {
    const stat = statAt(this.path);
    const file = stat && `${stat.dev} ${stat.ino}`;
    if (file !== this.#file || (stat?.size ?? 0) < this.#offset) this.#beginAnew(file);
    if (!stat || stat.size === this.#offset) return;
    const bytes = bytesFrom(this.path, this.#offset);
    let begin = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, begin)) {
      this.#take(bytes.toString('utf8', begin, end), true);
      begin = end + 1;
    }
    // The last line has no end: it is whole when it says so itself, and otherwise looked at again.
    if (this.#take(bytes.toString('utf8', begin), false)) begin = bytes.length;
    this.#offset += begin;
  }

  /** Says whether the line is an act. */
  #take(line: string, ended: boolean): boolean {
    if (line === '') return false;
    const act = actOfLine(line);
    if (act) this.#acts.push(act);
    else if (ended) this.#torn++;
    return act !== undefined;
  }

  #beginAnew(file: string | undefined): void {
    if (this.#acts.length > 0) this.#generation++;
    this.#file = file;
    this.#offset = 0;
    this.#torn = 0;
    this.#acts.length = 0;
  }
}

/** One write: what several processes append never mixes. A disk that takes only a part of it is full. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten < bytes.length) throw new Error(`the disk took ${bytesWritten} of ${bytes.length} bytes`);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function bytesFrom(path: string, offset: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - offset));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(fd, bytes, length, bytes.length - length, offset + length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}
