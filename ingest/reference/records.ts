import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';

/** A record of a CSV file without header, fields trimmed. */
export interface CsvRecord {
  /** The physical line on which it begins, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Reference data of a site; more than this is some other file. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Bytes that are parsed in one go: the streaming job, which shares the thread, waits no longer than that. */
const PIECE_BYTES = 64 * 1024;

/**
 * The records of a file; LF or CRLF, quotes, a BOM and blank lines are fine. Throws REFERENCE_UNUSABLE
 * when it can't be read, is no UTF-8, or its quotes don't match. The cause of a file that is absent is ENOENT.
 */
export async function* readRecords(path: string): AsyncIterable<CsvRecord> {
  const bytes = await readWhole(path);
  if (!isUtf8(bytes)) throw unusable(path, `line ${lineOfBrokenText(bytes)}: expected UTF-8 text, got other bytes`);
  const parser = parse({
    bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true, record_delimiter: ['\n', '\r\n'],
  });
  const records = Readable.from(pieces(bytes)).compose(parser) as AsyncIterable<{ info: Info; record: string[] }>;
  try {
    for await (const { info, record } of records) {
      const inside = record.reduce((lines, field) => lines + field.split('\n').length - 1, 0);
      yield { line: info.lines - inside, fields: record };
    }
  } catch (error) {
    if (error instanceof CsvError) throw unusable(path, `expected CSV with matching quotes: ${error.message}`, error);
    throw error;
  }
}

/** Whether reading failed because there is no file. */
export function isAbsent(error: unknown): boolean {
  return error instanceof AppError && systemCode(error.cause) === 'ENOENT';
}

/** The sentence for a file that can't be used. */
export function unusable(path: string, what: string, cause?: unknown): AppError {
  return new AppError('REFERENCE_UNUSABLE', `the reference file ${path} can't be used: ${what}`, { cause });
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unusable(path, 'expected a regular file');
      if (stat.size > MOST_BYTES) throw unusable(path, `expected at most ${MOST_BYTES} bytes, it has ${stat.size}`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unusable(path, messageOf(error), error);
  }
}

function* pieces(bytes: Buffer): Iterable<Buffer> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

function lineOfBrokenText(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; ; line++) {
    const end = bytes.indexOf(10, from);
    if (end < 0 || !isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}
