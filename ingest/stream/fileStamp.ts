import { crc32 } from 'node:zlib';

/** How a file was when it was read; `sum` is the crc32 of its bytes, null where it was not read. */
export interface FileStamp {
  readonly size: number;
  /** ms since 1970, with fractions. */
  readonly mtimeMs: number;
  readonly ino: number;
  readonly sum: number | null;
}

/** What is new in a file: all of it, or what was added; `how` says why it was looked at. */
export interface NewContent {
  readonly how: 'new' | 'replaced' | 'appended' | 'touched';
  readonly bytes: Buffer;
}

/** Whether a file is as it was, as far as one can tell without reading it: another of that name has another time or size. */
export function isAsBefore(before: FileStamp, now: Omit<FileStamp, 'sum'>): boolean {
  return before.size === now.size && before.mtimeMs === now.mtimeMs;
}

/**
 * What a file that is new, or not as before, has that was not read. Where the same file begins with what was read, that is
 * what stands after it.
 */
export function newContentOf(bytes: Buffer, now: { readonly ino: number }, before: FileStamp | undefined): NewContent {
  if (!before) return { how: 'new', bytes };
  const same = before.sum !== null && before.ino === now.ino && bytes.length >= before.size
    && crc32(bytes.subarray(0, before.size)) === before.sum;
  if (!same) return { how: 'replaced', bytes };
  return { how: bytes.length > before.size ? 'appended' : 'touched', bytes: bytes.subarray(before.size) };
}

/** The stamp of a file that was read. */
export function stampOf(bytes: Buffer, { mtimeMs, ino }: { readonly mtimeMs: number; readonly ino: number }): FileStamp {
  return { size: bytes.length, mtimeMs, ino, sum: crc32(bytes) };
}
