import { existsSync } from 'node:fs';
import { AppError, messageOf } from '../../domain/errors.ts';
import { NO_REFERENCE, type Reference } from '../../domain/pump/reference.ts';
import { readReference, referenceOf } from '../../ingest/reference/readReference.ts';
import type { SavedReference, StoredReference } from '../../storage/table/savedReference.ts';
import type { Config } from '../config/types.ts';
import { asksForSilence } from './alarmIndex.ts';
import { isElsewhere } from './openTable.ts';

/**
 * The reference data for a query: from the files, or as the table last had it when both are absent or
 * one can't be used. `warn` is told when that is so.
 */
export async function referenceFor(config: Config, table: StoredReference, warn: (text: string) => void): Promise<Reference> {
  const { pumps, maintenance, contacts } = config.reference;
  const absent = !existsSync(pumps) && !existsSync(maintenance);
  try {
    // A configured path that is absent has been refused with the configuration.
    if (!absent) return keepWhatIsEmpty(await readReference({ pumps, maintenance, contacts, required: false }), await table.savedReference(), warn);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'REFERENCE_UNUSABLE')) throw error;
    warn(`${messageOf(error)}. What was last read whole is used instead.`);
  }
  const saved = await table.savedReference();
  if (!saved && absent)
    warn(
      `There is no reference data, so every pump is unknown: expected ${pumps} and ` +
      `${maintenance}${isElsewhere(config) ? '. It is not in HBase: copy both files from where "wellwatch run" runs' : ''}.`,
    );
  return saved ? referenceOf(saved) : NO_REFERENCE;
}

/** The pumps that are silent when nothing comes of them; the files are read only where a rule asks for that. */
export async function expectedPumps(config: Config, table: StoredReference, warn: (text: string) => void): Promise<Reference> {
  return asksForSilence(config) ? referenceFor(config, table, warn) : NO_REFERENCE;
}

/** A file that is empty for a moment, in the middle of an export, does not make every pump unknown: what it had stays. */
function keepWhatIsEmpty(read: Reference, saved: SavedReference | undefined, warn: (text: string) => void): Reference {
  const noPumps = read.pumps.size === 0 && (saved?.pumps.length ?? 0) > 0;
  const noHistory = read.maintenance.size === 0 && (saved?.maintenance.length ?? 0) > 0;
  if (!saved || (!noPumps && !noHistory)) return read;
  warn(`${noPumps ? 'The vendor file' : 'The maintenance file'} is empty. What was last read whole is used instead.`);
  const last = referenceOf(saved);
  return { ...read, pumps: noPumps ? last.pumps : read.pumps, maintenance: noHistory ? last.maintenance : read.maintenance };
}
