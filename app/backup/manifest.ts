import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../../domain/errors.ts';
import { diskProblem, whyNot } from '../../storage/files/diskProblem.ts';
import { statAt } from '../../storage/files/statAt.ts';

/** The file that makes a folder a backup; it is written last. */
export const MANIFEST = 'backup.json';
const FORMAT = 1;

const COUNTS = z.object({
  received: z.number(), stored: z.number(), replaced: z.number(), retracted: z.number(), duplicate: z.number(), replayed: z.number(), rejected: z.number(),
  pending: z.number(), alerts: z.number(),
});

const FILE = z.object({
  /** Below the backup: `data/…` belongs into the data directory, `inbox/…` into the inbox, `outside/…` elsewhere. */
  path: z.string().refine((path) => /^(data|inbox|outside)\//.test(path) && !path.split('/').includes('..')),
  bytes: z.number(),
  sha256: z.string(),
  /** As chmod(2) has it. */
  mode: z.number(),
  /** ms since 1970-01-01T00:00Z. */
  mtimeMs: z.number(),
  /** Where it lay, of `outside/…` only. */
  from: z.string().optional(),
});

const SCHEMA = z.object({
  format: z.literal(FORMAT),
  version: z.string(),
  takenAt: z.string(),
  dataDir: z.string(),
  store: z.enum(['embedded', 'hbase']),
  /** Of the table as it was at `takenAt`. */
  balance: COUNTS,
  /** How many records each table has, and their digest, by its folder in the data directory. */
  tables: z.record(z.string(), z.object({ records: z.number(), sha256: z.string() })),
  files: z.array(FILE),
});

/** What a backup says of itself. */
export type Manifest = z.infer<typeof SCHEMA>;
export type BackedUpFile = z.infer<typeof FILE>;
export const BACKUP_FORMAT = FORMAT;

/** What this user may not see is not absent. Throws STORE_UNAVAILABLE. */
function isThere(path: string): boolean {
  try {
    return statAt(path) !== undefined;
  } catch (error) {
    throw closed(path, error);
  }
}

function closed(path: string, error: unknown): AppError {
  return new AppError('STORE_UNAVAILABLE', `the backup can't be read: ${path}: ${whyNot(error)}`, { cause: error });
}

/** What the backup in a folder says of itself. Throws NOT_FOUND, CONFLICT for a folder that is no whole backup, FORMAT_NEWER, STORE_UNAVAILABLE. */
export function readManifest(dir: string): Manifest {
  const path = join(dir, MANIFEST);
  if (!isThere(dir)) throw new AppError('NOT_FOUND', `expected a backup in ${dir}, there is no such folder`);
  if (!isThere(path))
    throw new AppError('CONFLICT', `${dir} is no whole backup: it lacks ${MANIFEST}, which is written last. Take another backup`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (diskProblem(error) !== undefined) throw closed(path, error);
    throw new AppError('CONFLICT', `${path} can't be read: ${messageOf(error)}. Take another backup`, { cause: error });
  }
  const { format } = z.object({ format: z.number() }).catch({ format: 0 }).parse(json);
  if (format > FORMAT) throw new AppError('FORMAT_NEWER', `${dir} was made by a newer version (format ${format}); restore it with that one`);
  const parsed = SCHEMA.safeParse(json);
  if (!parsed.success) throw new AppError('CONFLICT', `${path} is damaged: ${z.prettifyError(parsed.error)}. Take another backup`);
  return parsed.data;
}
