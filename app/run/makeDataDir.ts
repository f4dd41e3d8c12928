import { mkdirSync } from 'node:fs';
import { AppError, systemCode } from '../../domain/errors.ts';
import { isFull, whyNot } from '../../storage/files/diskProblem.ts';

/** Makes a data directory where there is none. Throws CONFIG, or STORE_UNAVAILABLE when there is no room for it. */
export function makeDataDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw unmakeable(dir, error);
    makeLast(dir);
  }
}

/** On a disk that can only be read Node says ENOENT, as if a folder above were not there: making the last one alone says what it is. */
function makeLast(dir: string): void {
  try {
    mkdirSync(dir);
  } catch (error) {
    throw unmakeable(dir, error);
  }
}

function unmakeable(dir: string, error: unknown): AppError {
  return new AppError(isFull(error) ? 'STORE_UNAVAILABLE' : 'CONFIG', `dataDir: ${dir} can't be made: ${whyNot(error)}`, { cause: error });
}
