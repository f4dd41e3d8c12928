import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { whyNot } from '../../storage/files/diskProblem.ts';
import { moveIntoPlace } from '../../storage/files/atomicFile.ts';
import type { ReadingGenerator } from './generator.ts';

export interface CsvFilesOptions {
  readonly generator: ReadingGenerator;
  readonly dir: string;
  /** What the files are called, without number and ending. */
  readonly name: string;
  readonly rows: number;
  readonly files: number;
  /** Rows generated so far. */
  readonly onProgress: (rows: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Writes generated rows to files, in order of time from file to file, and gives their paths. A file is
 * written under a name that receivers leave alone, and renamed when all of it is on disk. What is there
 * already stays: a name that is taken gets a suffix. When the signal aborts, throws its reason and
 * leaves no half file; throws INBOX_UNAVAILABLE when the folder can't be written.
 */
export async function writeCsvFiles({ generator, dir, name, rows, files, onProgress, signal }: CsvFilesOptions): Promise<string[]> {
  const paths: string[] = [];
  try {
    await mkdir(dir, { recursive: true });
    for (let file = 1; file <= files; file++) {
      const share = Math.floor((rows * file) / files) - generator.generated;
      const path = freePath(dir, files === 1 ? name : `${name}-${file}of${files}`);
      await writeFile(path, watched(generator.csv(share)));
      paths.push(path);
    }
    return paths;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AppError('INBOX_UNAVAILABLE', `readings can't be written to ${dir}: ${whyNot(error)}. Name another folder with --out`, {
      cause: error,
    });
  }

  function* watched(chunks: Iterable<Buffer>): Iterable<Buffer> {
    for (const chunk of chunks) {
      signal.throwIfAborted();
      yield chunk;
      onProgress(generator.generated);
    }
  }
}

async function writeFile(path: string, chunks: Iterable<Buffer>): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    moveIntoPlace(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function freePath(dir: string, name: string): string {
  for (let n = 1; ; n++) {
    const path = join(dir, `${name}${n === 1 ? '' : `-${n}`}.csv`);
    if (!existsSync(path)) return path;
  }
}
