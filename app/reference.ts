import { existsSync } from 'node:fs';
import { AppError, messageOf } from '../domain/errors.ts';
import { type Maintenance, NO_REFERENCE, type Reference } from '../domain/reference.ts';
import { readReference } from '../ingest/reference/readReference.ts';
import type { SavedReference, Table } from '../storage/table.ts';
import type { Config } from './config.ts';

/**
 * The reference data for a query: from the files, or as the table last had it when they are absent or
 * can't be used. `warn` is told when that is so.
 */
export async function referenceFor({ reference }: Config, table: Table, warn: (text: string) => void): Promise<Reference> {
  const absent = [reference.pumps, reference.maintenance].filter((path) => !existsSync(path));
  const configured = reference.configured.pumps || reference.configured.maintenance;
  if (absent.length < 2 || configured) {
    try {
      return await readReference({ pumps: reference.pumps, maintenance: reference.maintenance, required: configured });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'REFERENCE_UNUSABLE')) throw error;
      warn(`${messageOf(error)}. What was last read whole is used instead`);
    }
  }
  const saved = await table.savedReference();
  if (!saved && absent.length === 2) warn(`there is no reference data, so every pump is unknown: expected ${reference.pumps} and ${reference.maintenance}`);
  return saved ? fromSaved(saved) : NO_REFERENCE;
}

function fromSaved({ pumps, maintenance }: SavedReference): Reference {
  const byPump = new Map<string, Maintenance[]>();
  for (const event of maintenance) {
    const history = byPump.get(event.pump);
    if (history) history.push(event);
    else byPump.set(event.pump, [event]);
  }
  return { pumps: new Map(pumps.map((pump) => [pump.id, pump])), maintenance: byPump };
}
