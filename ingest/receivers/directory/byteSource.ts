import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { NEVER_WAITS } from './claimedFile.ts';
import { GzipBytes } from './gzipBytes.ts';
import type { FileFacts } from './stillness.ts';


/** The bytes of a file from an offset on, decompressed where the name says so. */
export interface ByteSource {
  /**
   * Fills `into` from `at` on and gives the number of bytes, 0 at the end. Throws the system's error. The code of one for
   * broken gzip begins with `Z_`.
   */
  read(into: Buffer, at: number): Promise<number>;
  close(): void;
}

/** Whether a file's name says that it is compressed. */
export function isGzip(name: string): boolean {
  return /\.gz$/i.test(name);
}

/** Opens a claimed file at an offset, counted in bytes of text. */
export async function openBytes(path: string, offset: number): Promise<ByteSource> {
  // An empty file is no gzip, but an empty file.
  return isGzip(path) && look(path).size > 0 ? GzipBytes.open(path, offset) : new PlainBytes(path, offset);
}

/** How long a file is now, and when it was last changed: opened for that, as networks' file systems tell old news otherwise. */
export function look(path: string): FileFacts & { readonly ino: number } {
  const fd = openSync(path, NEVER_WAITS);
  try {
    const { size, mtimeMs, ctimeMs, ino } = fstatSync(fd);
    return { size, mtimeMs, ctimeMs, ino };
  } finally {
    closeSync(fd);
  }
}

const BEGINNING = 16 * 1024;

/** The first bytes of a claimed file, as they are on disk. Throws the system's error. */
export function beginning(path: string): Buffer {
  const fd = openSync(path, NEVER_WAITS);
  try {
    const bytes = Buffer.alloc(BEGINNING);
    return bytes.subarray(0, readSync(fd, bytes, 0, BEGINNING, 0));
  } finally {
    closeSync(fd);
  }
}

class PlainBytes implements ByteSource {
  readonly #fd: number;
  #offset: number;

  constructor(path: string, offset: number) {
    this.#fd = openSync(path, NEVER_WAITS);
    this.#offset = offset;
  }

  async read(into: Buffer, at: number): Promise<number> {
    const count = readSync(this.#fd, into, at, into.length - at, this.#offset);
    this.#offset += count;
    return count;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
