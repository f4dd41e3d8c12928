import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { listSegments, segmentPath } from '../../storage/journal/segments.ts';
import type { Config } from '../config/types.ts';
import { refuseHalfRestored } from './restoring.ts';
import { ledgerDir, tableDir } from './storeDirs.ts';

/**
 * Throws STORE_DAMAGED when the file of the table, or of the ledger beside HBase, is empty while something beside it says that
 * it once held rows: an empty file by itself is one that is just being made, and would be taken for a new table. STORE_UNAVAILABLE
 * while a backup is being restored.
 */
export function refuseEmptiedTable(config: Pick<Config, 'dataDir' | 'store' | 'receivers'>): void {
  const { dataDir, store } = config;
  refuseHalfRestored(dataDir);
  const [dir, other] = store.kind === 'embedded' ? [tableDir(dataDir), ledgerDir(dataDir)] : [ledgerDir(dataDir), tableDir(dataDir)];
  const file = join(dir, 'data.mdb');
  if (sizeOf(file) !== 0) return;
  const witness = witnesses(config, dir, other).find(({ says }) => says());
  if (!witness) return;
  throw new AppError(
    'STORE_DAMAGED',
    `${file} is damaged: it is empty, but ${witness.what} tells of rows. Restore it from a backup, or move it away and drop the files ` +
      'again',
  );
}

/** What tells that there were rows, the cheapest first. */
function witnesses(
  { dataDir, receivers }: Pick<Config, 'dataDir' | 'receivers'>,
  dir: string,
  other: string,
): { readonly what: string; readonly says: () => boolean }[] {
  const journal = join(dataDir, 'journal');
  const done = receivers.directory ? join(receivers.directory.path, 'done') : undefined;
  return [
    {
      what: 'the journal',
      says: () => listSegments(journal).some((segment) => segment > 1 || (sizeOf(segmentPath(journal, segment)) ?? 0) > 0),
    },
    { what: 'the intent beside it', says: () => (sizeOf(join(dir, 'intent')) ?? 0) > 0 },
    { what: 'what waits for hourly files', says: () => hasEntries(join(dir, 'spool')) },
    { what: other, says: () => (sizeOf(join(other, 'data.mdb')) ?? 0) > 0 },
    { what: 'status.json', says: () => statusHasRows(dataDir) },
    ...(done === undefined ? [] : [{ what: done, says: () => hasEntries(done) }]),
  ];
}

/** Whether the last job said that rows had come. A status that can't be read says nothing. */
function statusHasRows(dataDir: string): boolean {
  try {
    const status = JSON.parse(readFileSync(join(dataDir, 'status.json'), 'utf8')) as { readonly totals?: { readonly rows?: unknown } } | null;
    return Object.values(status?.totals?.rows ?? {}).some((count) => typeof count === 'number' && count > 0);
  } catch {
    return false; // there is none, or it is broken: what it says is not known
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function hasEntries(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length > 0;
}
