import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../domain/errors.ts';
import { diskTrouble } from '../files/diskProblem.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { columnBytes, copyRows, rowColumns } from '../files/rowColumns.ts';
import { syncFolder } from '../journal/segments.ts';

/*
 * Stored rows that are to go to somebody else, in the order in which they were stored. Segments `NUMBER.rows` of blocks, one behind the
 * other; little-endian. How many bytes of each count is known to whoever commits them; what follows is an append that was not.
 *
 *   0    "WWF1"
 *   4    u32  crc32 of all that follows
 *   8    u32  rows
 *   12   u32  bytes of JSON
 *   16   u32  measures, m
 *   20   u32  0
 *   24   rows as columns: time f64[], receivedAt f64[], m measures f64[], pump u32[]
 *   …    source u32[]
 *   …    JSON: [the pump ids, the names of the sources]
 */
const MAGIC = 0x31465757;
const CHECKED_FROM = 8;
const HEADER_BYTES = 24;
const BLOCK_ROWS = 4096;
/** A segment that has as much goes on in the next one. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

/** How much of a segment is committed. */
export interface ForwardSegment {
  readonly number: number;
  readonly bytes: number;
  readonly rows: number;
}

/** A place in the log. */
export interface ForwardPosition {
  readonly segment: number;
  readonly bytes: number;
  /** Rows of the segment before it. */
  readonly rows: number;
}

/** Rows of the log, and where they come from. */
export interface ForwardBlock {
  readonly readings: Readings;
  readonly sources: readonly string[];
  /** By row. */
  readonly source: Uint32Array;
  readonly next: ForwardPosition;
}

/** The log of a folder. Calls throw STORE_UNAVAILABLE when the disk refuses. */
export class ForwardLog {
  readonly dir: string;
  #open: { readonly number: number; readonly fd: number } | undefined;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Makes the folder, and removes segments of which nothing is committed. Gives those that are there: one that was sent may have gone. */
  start(committed: readonly ForwardSegment[]): ForwardSegment[] {
    return this.#or('prepared', () => {
      mkdirSync(this.dir, { recursive: true });
      syncFolder(dirname(this.dir));
      const known = new Set(committed.map(({ number }) => `${number}.rows`));
      for (const name of readdirSync(this.dir)) if (name.endsWith('.rows') && !known.has(name)) rmSync(join(this.dir, name));
      return committed.filter(({ number }) => existsSync(this.#pathOf(number)));
    });
  }

  /** Appends the rows that `order` names behind what is committed, over whatever is there; gives what is then. On disk when it returns. */
  append(committed: readonly ForwardSegment[], readings: Readings, order: Uint32Array): ForwardSegment[] {
    return this.#or('written', () => {
      const last = committed.at(-1);
      const goesOn = last !== undefined && last.bytes < SEGMENT_BYTES;
      const segment = goesOn ? last : { number: (last?.number ?? 0) + 1, bytes: 0, rows: 0 };
      const fd = this.#fdOf(segment);
      let end = segment.bytes;
      for (let from = 0; from < order.length; from += BLOCK_ROWS)
        for (const part of blockOf(readings, order.subarray(from, from + BLOCK_ROWS))) {
          for (let written = 0; written < part.length;) written += writeSync(fd, part, written, part.length - written, end + written);
          end += part.length;
        }
      fdatasyncSync(fd);
      return [...(goesOn ? committed.slice(0, -1) : committed), { number: segment.number, bytes: end, rows: segment.rows + order.length }];
    });
  }

  /** The block at a place; undefined behind the last one. Throws STORE_DAMAGED for one that is not as it was written. */
  read(at: ForwardPosition, committed: readonly ForwardSegment[]): ForwardBlock | undefined {
    const segment = committed.find(({ number, bytes }) => number > at.segment || (number === at.segment && bytes > at.bytes));
    if (!segment) return undefined;
    const from = segment.number === at.segment ? at : { segment: segment.number, bytes: 0, rows: 0 };
    const path = this.#pathOf(segment.number);
    return this.#or('read', () => {
      const fd = openSync(path, 'r');
      try {
        const block = blockAt(fd, from, segment.bytes);
        if (block) return block;
        throw new AppError('STORE_DAMAGED', `expected rows at byte ${from.bytes} of ${segment.bytes} in ${path}, found something else`);
      } finally {
        closeSync(fd);
      }
    });
  }

  /** A segment that nobody needs any more. */
  remove(number: number): void {
    rmSync(this.#pathOf(number), { force: true });
  }

  close(): void {
    if (this.#open) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #fdOf({ number, bytes }: ForwardSegment): number {
    if (this.#open?.number === number) return this.#open.fd;
    this.close();
    const path = this.#pathOf(number);
    const isThere = bytes > 0 && existsSync(path);
    this.#open = { number, fd: openSync(path, isThere ? 'r+' : 'w+') };
    if (!isThere) syncFolder(this.dir);
    return this.#open.fd;
  }

  #pathOf(number: number): string {
    return join(this.dir, `${number}.rows`);
  }

  #or<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('STORE_UNAVAILABLE', `${this.dir} can't be ${what}: ${diskTrouble(error)}`, {
        cause: error,
      });
    }
  }
}

function blockOf(readings: Readings, order: Uint32Array): Uint8Array[] {
  const { bytes, names, length, values } = copyRows(readings, order, false);
  const source = Uint32Array.from(order, (row) => readings.origins?.source[row] ?? 0);
  const json = Buffer.from(JSON.stringify([names, readings.origins?.sources.map(({ name }) => name) ?? []]));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(json.length, 12);
  header.writeUInt32LE(values.length, 16);
  const parts = [bytes, Buffer.from(source.buffer), json];
  header.writeUInt32LE(parts.reduce((crc, part) => crc32(part, crc), crc32(header.subarray(CHECKED_FROM))), 4);
  return [header, ...parts];
}

function blockAt(fd: number, at: ForwardPosition, end: number): ForwardBlock | undefined {
  const header = readAt(fd, HEADER_BYTES, at.bytes);
  if (header.length < HEADER_BYTES || header.readUInt32LE() !== MAGIC) return undefined;
  const [rows, jsonBytes, measures] = [header.readUInt32LE(8), header.readUInt32LE(12), header.readUInt32LE(16)];
  const columns = columnBytes(rows, { measures });
  const size = columns + rows * 4 + jsonBytes;
  if (at.bytes + HEADER_BYTES + size > end) return undefined;
  const rest = readAt(fd, size, at.bytes + HEADER_BYTES);
  if (crc32(rest, crc32(header.subarray(CHECKED_FROM))) !== header.readUInt32LE(4)) return undefined;
  const [names, sources] = JSON.parse(rest.toString('utf8', columns + rows * 4)) as [string[], string[]];
  return {
    readings: rowColumns(rows, names, { bytes: rest.subarray(0, columns), measures }),
    sources,
    source: new Uint32Array(rest.buffer, rest.byteOffset + columns, rows),
    next: { segment: at.segment, bytes: at.bytes + HEADER_BYTES + size, rows: at.rows + rows },
  };
}

/** Bytes at a multiple of 8 in memory. */
function readAt(fd: number, length: number, at: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) read = readSync(fd, bytes, filled, length - filled, at + filled);
  return bytes.subarray(0, filled);
}
