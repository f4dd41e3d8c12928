import { existsSync } from 'node:fs';
import { AppError, messageOf } from '../../domain/errors.ts';
import { NO_REFERENCE, type Reference } from '../../domain/pump/reference.ts';
import { readReference, referenceOf } from '../../ingest/reference/readReference.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/load.ts';
import { isElsewhere } from '../store/openTable.ts';

/**
 * The reference data for a query: from the files, or as the table last had it when both are absent or
 * one can't be used. `warn` is told when that is so.
 */
export async function referenceFor(config: Config, table: Table, warn: (text: string) => void): Promise<Reference> {
  const { pumps, maintenance } = config.reference;
  const absent = !existsSync(pumps) && !existsSync(maintenance);
  try {
    // A configured path that is absent has been refused with the configuration.
    if (!absent) return await readReference({ pumps, maintenance, required: false });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'REFERENCE_UNUSABLE')) throw error;
    warn(`${messageOf(error)}. What was last read whole is used instead.`);
  }
  const saved = await table.savedReference();
  if (!saved && absent)
    warn(
      `There is no reference data, so every pump is unknown: expected ${pumps} and ${maintenance}${isElsewhere(config) ? '. It is not in HBase: copy both files from where "wellwatch run" runs' : ''}.`,
    );
  return saved ? referenceOf(saved) : NO_REFERENCE;
}
