import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, messageOf } from '../../domain/errors.ts';
import { writeAtomically } from '../../storage/files/atomicFile.ts';

/** Which batch a file is of: it is named `prefix-TIME.suffix`. */
export interface BatchFile {
  readonly prefix: string;
  readonly suffix: string | undefined;
  /** The batch's, ms since 1970. */
  readonly time: number;
}

/** Writes the lines of a batch to its file, whole or not at all; makes the folder. Rejects with AppError STORE_UNAVAILABLE. */
export async function writeBatchFile({ prefix, suffix, time }: BatchFile, lines: readonly string[]): Promise<void> {
  const path = `${prefix}-${time}${suffix === undefined ? '' : `.${suffix}`}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    writeAtomically(path, lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    throw new AppError('STORE_UNAVAILABLE', `could not write ${lines.length} lines to ${path}: ${messageOf(error)}`, { cause: error });
  }
}
