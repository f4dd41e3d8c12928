import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How long a file has to be still before it is believed to be whole, in ms; `auto` tells files that are moved in from others. */
export type Settle = number | 'auto';

/** What the file system says of a file. Times are the file system's own, in ms: they are compared with each other only. */
export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** With `auto`, a file that may have been written in place is taken when it has been still for this long. */
const STILL_MS = 2000;
/** One whose end looks half written, and any on a network's file system, whose news come late, has to be still for longer. */
const LONG_STILL_MS = 5000;
/** Without `auto`, an end that looks half written is believed after this long at least. */
const LEAST_STILL_MS = 1000;
/** So long after a file was seen first, what the folder's events say of it has been heard. */
const HEARD_MS = 50;
const TAIL_BYTES = 16;
/** So many NULs at the end are bytes that a copy has not written yet. */
const NULS = 4;
const LF = 10;

interface Sight extends FileFacts {
  /** When it was seen to change last, by the monotonic clock. */
  readonly since: number;
  /** It was seen to change: whoever writes it does so in place. */
  readonly changed: boolean;
}

/** Whether a file can be taken, and if so whether its last line is believed without waiting. */
export type Belief = 'wait' | 'lines' | 'whole';

/**
 * Which files of a folder are whole. A file that was moved in is, at once; one that is written in place is when it has been
 * still for long enough by the monotonic clock, which no step of the site's clock touches.
 *
 * A write sets the times of content and inode alike; moving a file, or giving it its old time at the end of a copy, sets that
 * of the inode alone. So where the two differ nobody is in the middle of writing. A file that was written and moved within one
 * tick of the file system's clock has them equal; of that one the folder's events say that it appeared and was not written to.
 */
export class Stillness {
  readonly #settle: Settle;
  readonly #ticks: () => number;
  /** On a network's file system times mean something else. */
  readonly #isRemote: () => boolean;
  readonly #sights = new Map<string, Sight>();
  /** Names that appeared in the folder, as its events say, and whether they were written to since. */
  readonly #appeared = new Map<string, 'moved' | 'written'>();

  constructor(options: { readonly settle: Settle; readonly ticks: () => number; readonly isRemote: () => boolean }) {
    this.#settle = options.settle;
    this.#ticks = options.ticks;
    this.#isRemote = options.isRemote;
  }

  /** An event of the folder: a name appeared or went (`rename`), or was written to (`change`). */
  heard(event: string, name: string): void {
    if (this.#settle !== 'auto') return;
    this.#appeared.set(name, event === 'change' ? 'written' : 'moved');
  }

  /** Looks at a file. `ageMs` is for how long it has been still already, where that is known. */
  look(name: string, facts: FileFacts, ageMs = 0): Belief {
    const now = this.#ticks();
    const before = this.#sights.get(name);
    let sight = before;
    if (!sight || isChanged(sight, facts)) {
      const { size, mtimeMs, ctimeMs } = facts;
      sight = { size, mtimeMs, ctimeMs, since: before ? now : now - ageMs, changed: before !== undefined };
      this.#sights.set(name, sight);
    }
    const still = now - sight.since;
    const isMoved = facts.size > 0 && !sight.changed && this.#isMoved(name, facts, still);
    if (this.#settle !== 'auto') return still < this.#settle ? 'wait' : isMoved || still >= this.endMs ? 'whole' : 'lines';
    if (isMoved) return 'whole';
    return still < (this.#isRemote() ? LONG_STILL_MS : STILL_MS) ? 'wait' : still >= LONG_STILL_MS ? 'whole' : 'lines';
  }

  /** How long a file whose end looks half written, or that changed after it was taken, has to be still. */
  get endMs(): number {
    return this.#settle === 'auto' ? LONG_STILL_MS : Math.max(this.#settle, LEAST_STILL_MS);
  }

  /** How long a file that changed after it was taken has to be still when it ends with a line. */
  get linesMs(): number {
    return this.#settle === 'auto' ? STILL_MS : Math.max(this.#settle, LEAST_STILL_MS);
  }

  /** Whether a believed file may be taken, now that its end is looked at; if not, it has to be still for longer. */
  confirms(name: string, path: string, belief: Belief): boolean {
    if (this.#settle !== 'auto') return true;
    const still = this.#ticks() - (this.#sights.get(name)?.since ?? this.#ticks());
    if (still >= LONG_STILL_MS) return true;
    const end = endOf(path);
    return belief === 'whole' ? end !== 'nul' : end === 'line' || (end === 'cut' && isGzip(name));
  }

  /** Remembers only files that are still there. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const seen of [this.#sights, this.#appeared]) for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
  }

  forget(name: string): void {
    this.#sights.delete(name);
    this.#appeared.delete(name);
  }

  #isMoved(name: string, { mtimeMs, ctimeMs }: FileFacts, still: number): boolean {
    if (this.#isRemote()) return false;
    return mtimeMs !== ctimeMs || (still >= HEARD_MS && this.#appeared.get(name) === 'moved');
  }
}

/** Whether a file is another one than it was, as far as its content goes. */
export function isChanged(before: FileFacts, now: FileFacts): boolean {
  return before.size !== now.size || before.mtimeMs !== now.mtimeMs;
}

function isGzip(name: string): boolean {
  return /\.gz$/i.test(name);
}

/** How a file ends: with a line, in the middle of one, or with NULs that a copy has not filled yet. */
export function endOf(path: string): 'line' | 'cut' | 'nul' {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    // The last bytes of a gzip are the length of its text: their NULs say nothing.
    const nuls = isGzip(path) ? TAIL_BYTES : NULS;
    if (tail.length > 0 && tail.subarray(-nuls).every((byte) => byte === 0)) return 'nul';
    return tail.length === 0 || tail[tail.length - 1] === LF ? 'line' : 'cut';
  } finally {
    closeSync(fd);
  }
}
