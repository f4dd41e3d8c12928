import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';

/** Lies in a data directory while a backup is being restored to it. */
export function restoringMark(dataDir: string): string {
  return join(dataDir, '.restoring');
}

/** Throws STORE_UNAVAILABLE for a data directory to which a backup was restored in part: what is missing would pass for never stored. */
export function refuseHalfRestored(dataDir: string): void {
  if (!existsSync(restoringMark(dataDir))) return;
  throw new AppError(
    'STORE_UNAVAILABLE',
    `a backup was being restored to ${dataDir} and that did not end: not all is there. Do it again with "wellwatch restore BACKUP"`,
  );
}
