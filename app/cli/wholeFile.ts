import { createWriteStream, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { AppError, systemCode } from '../../domain/errors.ts';
import { whyNot } from '../../storage/files/diskProblem.ts';
import { moveIntoPlace, temporaryName } from '../../storage/files/atomicFile.ts';
import { statAt } from '../../storage/files/statAt.ts';
import { Output } from './output.ts';

/** Throws USAGE for a path that is a folder or lies in none, and OUTPUT_UNAVAILABLE when this user may not look there. */
export function checkPlace(file: string): void {
  const folder = dirname(resolve(file));
  if (!isFolder(folder)) throw new AppError('USAGE', `expected a file in a folder that exists, but there is no folder ${folder}`);
  if (isFolder(file)) throw new AppError('USAGE', `expected a file, but ${file} is a folder`);
}

function isFolder(path: string): boolean {
  try {
    return statAt(path)?.isDirectory() ?? false;
  } catch (error) {
    throw new AppError('OUTPUT_UNAVAILABLE', `expected to write ${resolve(path)}, but: ${whyNot(error)}`, {
      cause: error,
    });
  }
}

/** A file that appears whole or not at all: `write` gets the path to write to. Throws STORE_UNAVAILABLE. */
export async function writeWhole<T>(path: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = temporaryName(path);
  try {
    const result = await write(temporary);
    moveIntoPlace(temporary, path);
    return result;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (error instanceof AppError || systemCode(error) === undefined) throw error;
    throw new AppError('STORE_UNAVAILABLE', `${path} can't be written: ${whyNot(error)}. Nothing is left of it`, { cause: error });
  }
}

/** Writes lines into a file, on disk when it returns. */
export async function writeLines<T>(path: string, write: (output: Output) => Promise<T>): Promise<T> {
  const fd = openSync(path, 'w', 0o644);
  const stream = createWriteStream(path, { fd, autoClose: false });
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  const result = await Promise.race([failed, write(new Output(stream))]);
  stream.end();
  await finished(stream);
  fsyncSync(fd);
  return result;
}
