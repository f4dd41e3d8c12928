import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../domain/errors.ts';
import { FIRST_MEASURES, MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { columnBytes, copyRows, rowColumns } from '../files/rowColumns.ts';
import { syncFolder } from '../journal/segments.ts';

/*
 * A spool: rows that are to become a Parquet file, in the order in which they came. Blocks one after the other;
 * little-endian. How many bytes count is known to whoever commits them; what follows is an append that was not.
 *
 *   0    "WWS2"
 *   4    u32  crc32 of all that follows
 *   8    u32  rows
 *   12   u32  bytes of JSON
 *   16   u32  measures, m
 *   20   rows as columns: time f64[], receivedAt f64[], m measures f64[], pump u32[]
 *   …    JSON: the pump ids, [string, …]
 *
 * "WWS1" lacks the number of measures, which are the first six.
 */
const MAGIC = 0x32535757;
const FIRST_MAGIC = 0x31535757;
const CHECKED_FROM = 8;
const HEADER_BYTES = 20;
const FIRST_HEADER_BYTES = 16;
/** What a block, and so whoever reads one, holds at most. */
const BLOCK_ROWS = 16_384;

/** A spool that is written. System errors come through as they are. */
export class SpoolFile {
  readonly path: string;
  readonly #fd: number;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  /** Opens one that is there. */
  static open(path: string): SpoolFile {
    return new SpoolFile(path, openSync(path, 'r+'));
  }

  /** Makes an empty one, in the place of one that is there. */
  static create(path: string): SpoolFile {
    const file = new SpoolFile(path, openSync(path, 'w+'));
    syncFolder(dirname(path));
    return file;
  }

  /**
   * Writes the rows that `order` names from a byte offset on, over whatever is there, and gives the offset after them; on
   * disk when it returns.
   */
  append(at: number, readings: Readings, order: Uint32Array): number {
    let end = at;
    for (let from = 0; from < order.length; from += BLOCK_ROWS) {
      for (const part of blockOf(readings, order.subarray(from, from + BLOCK_ROWS))) {
        for (let written = 0; written < part.length;) written += writeSync(this.#fd, part, written, part.length - written, end + written);
        end += part.length;
      }
    }
    fdatasyncSync(this.#fd);
    return end;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** The blocks in the first `bytes` bytes of a spool. Throws STORE_DAMAGED at one that is not as it was written. */
export function* readSpool(path: string, bytes: number): Generator<Readings, void> {
  const fd = openSync(path, 'r');
  try {
    for (let at = 0; at < bytes;) {
      const block = blockAt(fd, at, bytes);
      if (!block) throw new AppError('STORE_DAMAGED', `expected a block of rows at byte ${at} of ${bytes} in ${path}, found something ` +
        'else');
      yield block.readings;
      at = block.end;
    }
  } finally {
    closeSync(fd);
  }
}

/** The block at a byte, and where it ends; undefined when there is none before `end`. */
function blockAt(fd: number, at: number, end: number): { readonly readings: Readings; readonly end: number } | undefined {
  const header = headerAt(fd, at);
  if (!header) return undefined;
  const { rows, jsonBytes, measures } = header;
  const columns = columnBytes(rows, { measures });
  const from = at + header.bytes.length;
  const to = from + columns + jsonBytes;
  if (rows === 0 || measures > MEASURES.length || to > end) return undefined;
  const rest = readAt(fd, to - from, from);
  if (crc32(rest, crc32(header.bytes.subarray(CHECKED_FROM))) !== header.bytes.readUInt32LE(4)) return undefined;
  const names = JSON.parse(rest.toString('utf8', columns)) as string[];
  return { readings: rowColumns(rows, names, { bytes: rest.subarray(0, columns), measures }), end: to };
}

function headerAt(fd: number, at: number) {
  const read = readAt(fd, HEADER_BYTES, at);
  const magic = read.length >= FIRST_HEADER_BYTES ? read.readUInt32LE() : 0;
  if (magic !== FIRST_MAGIC && (magic !== MAGIC || read.length < HEADER_BYTES)) return undefined;
  const bytes = read.subarray(0, magic === MAGIC ? HEADER_BYTES : FIRST_HEADER_BYTES);
  const measures = magic === MAGIC ? bytes.readUInt32LE(16) : FIRST_MEASURES;
  return { bytes, rows: bytes.readUInt32LE(8), jsonBytes: bytes.readUInt32LE(12), measures };
}

function blockOf(readings: Readings, order: Uint32Array): Uint8Array[] {
  const { bytes, names, length } = copyRows(readings, order);
  const json = Buffer.from(JSON.stringify(names));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(json.length, 12);
  header.writeUInt32LE(MEASURES.length, 16);
  header.writeUInt32LE(crc32(json, crc32(bytes, crc32(header.subarray(CHECKED_FROM)))), 4);
  return [header, bytes, json];
}

/** Bytes at a multiple of 8 in memory, fewer at the end of the file. */
function readAt(fd: number, length: number, at: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) read = readSync(fd, bytes, filled, length - filled, at + filled);
  return bytes.subarray(0, filled);
}
