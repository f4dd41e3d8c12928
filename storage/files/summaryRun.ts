import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../../domain/errors.ts';
import { whyNot } from './diskProblem.ts';
import { writeAtomically } from './atomicFile.ts';

/** The last daily batch over all that was due that ended well: DATADIR/summary.json. */
export interface SummaryRun {
  /** When it ended: ms since 1970-01-01T00:00Z. */
  readonly at: number;
  readonly durationMs: number;
  readonly pumpDays: number;
  readonly rows: number;
}

const FILE = 'summary.json';

/** Keeps that a daily batch has ended well. Throws STORE_UNAVAILABLE. */
export function writeSummaryRun(dataDir: string, run: SummaryRun): void {
  try {
    writeAtomically(join(dataDir, FILE), `${JSON.stringify(run)}\n`);
  } catch (error) {
    throw new AppError('STORE_UNAVAILABLE', `${join(dataDir, FILE)} can't be written: ${whyNot(error)}. The statistics are stored`, { cause: error });
  }
}

/** The last one; undefined before the first, and where what is there can't be read: then nothing is known of it. */
export function readSummaryRun(dataDir: string): SummaryRun | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as SummaryRun;
  } catch (error) {
    if (systemCode(error) !== undefined || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
